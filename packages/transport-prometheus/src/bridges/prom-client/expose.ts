import { setImmediate as nextTurn } from 'node:timers/promises'
import type { FamilyView, TransportContext } from '@tidegauge/core'
import { ByteWriter } from '../../encode/byte-writer.js'
import type { TextFormat } from '../../encode/text-format.js'
import { encodeText, type TextExposition } from '../../encode/text.js'

const CHUNK_BYTES = 64 * 1024
const SLICE_MS = 2
const END = '# EOF\n'

/**
 * Appends our families to the text of a registry. Families whose names the text has already are left out, and their
 * names are returned as `skipped`.
 */
export async function expose(
  context: TransportContext,
  registryText: string,
  format: TextFormat,
): Promise<{ readonly text: string; readonly skipped: readonly string[] }> {
  const taken = takenNames(registryText)
  const families: FamilyView[] = []
  const skipped: string[] = []
  for (const family of context.read()) {
    if (namesOf(family).some((name) => taken.has(name))) skipped.push(family.name)
    else families.push(family)
  }
  const before =
    format === 'openmetrics' && registryText.endsWith(END) ? registryText.slice(0, -END.length) : registryText
  const ours = await encode(families, { format, takenNames: taken })
  // a registry without metrics writes an empty line, which OpenMetrics does not allow
  return { text: (before.trim() === '' ? '' : before) + ours, skipped }
}

async function encode(
  families: readonly FamilyView[],
  exposition: Pick<TextExposition, 'format' | 'takenNames'>,
): Promise<string> {
  const writer = new ByteWriter(new Uint8Array(CHUNK_BYTES + 16 * 1024))
  let text = ''
  let sliceStartMs = performance.now()
  for (const _ of encodeText(families, { ...exposition, writer, chunkBytes: CHUNK_BYTES })) {
    // a chunk ends at the end of a line, so no character is split
    text += textOf(writer.written)
    writer.position = 0
    if (performance.now() - sliceStartMs < SLICE_MS) continue
    await nextTurn()
    sliceStartMs = performance.now()
  }
  return text + textOf(writer.written)
}

function textOf({ buffer, byteOffset, length }: Uint8Array<ArrayBuffer>): string {
  return Buffer.from(buffer, byteOffset, length).toString('utf8')
}

const suffixes: Readonly<Record<string, readonly string[]>> = {
  counter: ['_total', '_created'],
  info: ['_info'],
  histogram: ['_bucket', '_sum', '_count', '_created'],
  summary: ['_sum', '_count', '_created'],
}

/** The names of the families in a text and of their samples. */
function takenNames(text: string): Set<string> {
  const names = new Set<string>()
  const typeLine = '# TYPE '
  for (let at = text.indexOf(typeLine); at >= 0; at = text.indexOf(typeLine, at + 1)) {
    if (at > 0 && text[at - 1] !== '\n') continue
    const [name = '', type = ''] = text.slice(at + typeLine.length, text.indexOf('\n', at)).split(' ')
    names.add(name)
    for (const suffix of suffixes[type] ?? []) names.add(name + suffix)
  }
  return names
}

/** The names that one of our families uses in any format: its own, its samples', and its family name in OpenMetrics. */
function namesOf({ name, kind }: FamilyView): string[] {
  const textKind = kind === 'histogram' || kind === 'exponential_histogram' ? 'histogram' : kind
  return [
    name,
    name.replace(/_(total|info)$/, ''),
    ...(suffixes[textKind] ?? []).map((suffix) => name + suffix),
  ]
}
