import { setImmediate as nextTurn } from 'node:timers/promises'
import type { FamilyView, TransportContext } from '@tidegauge/core'
import { ByteWriter } from '../encode/byte-writer.js'
import type { TextFormat } from '../encode/format.js'
import { encodeText } from '../encode/text.js'

const CHUNK_BYTES = 64 * 1024
const SLICE_MS = 2
const END = '# EOF\n'

/** A registry's text with our families after it, and the names of ours that it had already. */
export async function expose(
  context: TransportContext,
  theirs: string,
  format: TextFormat,
): Promise<{ readonly text: string; readonly skipped: readonly string[] }> {
  const taken = takenNames(theirs)
  const families: FamilyView[] = []
  const skipped: string[] = []
  for (const family of context.read()) {
    if (namesOf(family).some((name) => taken.has(name))) skipped.push(family.name)
    else families.push(family)
  }
  const before = format === 'openmetrics' && theirs.endsWith(END) ? theirs.slice(0, -END.length) : theirs
  const ours = await encode(families, format)
  // a registry without metrics gives an empty line, which OpenMetrics does not allow
  return { text: (before.trim() === '' ? '' : before) + ours, skipped }
}

async function encode(families: readonly FamilyView[], format: TextFormat): Promise<string> {
  const writer = new ByteWriter(new Uint8Array(CHUNK_BYTES + 16 * 1024))
  let text = ''
  let sliceFrom = performance.now()
  // a chunk ends with a line, so that no character is cut
  const take = () => {
    const { written } = writer
    text += Buffer.from(written.buffer, written.byteOffset, written.length).toString('utf8')
    writer.use(new Uint8Array(written.buffer))
  }
  for (const _ of encodeText(families, { writer, format, chunkBytes: CHUNK_BYTES })) {
    take()
    if (performance.now() - sliceFrom < SLICE_MS) continue
    await nextTurn()
    sliceFrom = performance.now()
  }
  take()
  return text
}

const suffixes: Readonly<Record<string, readonly string[]>> = {
  counter: ['_total'],
  histogram: ['_bucket', '_sum', '_count'],
  summary: ['_sum', '_count'],
}

/** The names of the families in a text, and of their samples. */
function takenNames(text: string): Set<string> {
  const names = new Set<string>()
  const mark = '# TYPE '
  for (let at = text.indexOf(mark); at >= 0; at = text.indexOf(mark, at + 1)) {
    if (at > 0 && text[at - 1] !== '\n') continue
    const [name = '', type = ''] = text.slice(at + mark.length, text.indexOf('\n', at)).split(' ')
    names.add(name)
    for (const suffix of suffixes[type] ?? []) names.add(name + suffix)
  }
  return names
}

/** The names that a family of ours takes, whatever the format: its own, its samples', and OpenMetrics' family name. */
function namesOf({ name, kind }: FamilyView): string[] {
  const parts = kind === 'histogram' || kind === 'exponential_histogram' ? 'histogram' : kind
  return [name, name.replace(/_(total|info)$/, ''), ...(suffixes[parts] ?? []).map((suffix) => name + suffix)]
}
