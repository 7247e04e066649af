import type { FamilyPart, FamilyView, SeriesReader } from '@tidegauge/core'
import { tag, varintLength, ProtoWriter } from './proto-writer.js'

const LABEL = tag(1, 'bytes')
const NAME = tag(1, 'bytes')
const VALUE = tag(2, 'bytes')
const SLACK = 8

/** Writes the label pairs of the series of one part. What is the same for all of them is kept as bytes. */
export class LabelTemplate {
  readonly #constants: DataView
  readonly #constantLength: number
  readonly #names: readonly { readonly view: DataView; readonly length: number }[]

  constructor({ labels }: FamilyView, part: FamilyPart, extra: Readonly<Record<string, string>> = {}) {
    const constants = bytesOf((writer) => {
      for (const [name, value] of [...Object.entries(part.constantLabels), ...Object.entries(extra)])
        writeLabel(writer, name, value)
    })
    this.#constants = constants.view
    this.#constantLength = constants.length
    this.#names = labels.map(({ name }) => bytesOf((writer) => writer.textField(NAME, name)))
  }

  /** How many bytes {@link write} writes for the reader's present series. */
  length({ ids, idsAt, pool }: SeriesReader): number {
    let length = this.#constantLength
    for (let i = 0; i < this.#names.length; i++) {
      const pair = this.#pairLength(i, pool.lengths[ids[idsAt + i]])
      length += 1 + varintLength(pair) + pair
    }
    return length
  }

  /** Writes the label pairs of the reader's present series. */
  write(writer: ProtoWriter, { ids, idsAt, pool }: SeriesReader, poolView: DataView): void {
    writer.copy(this.#constants, 0, this.#constantLength)
    for (let i = 0; i < this.#names.length; i++) {
      const id = ids[idsAt + i]
      const value = pool.lengths[id]
      writer.byte(LABEL)
      writer.varint(this.#pairLength(i, value))
      writer.copy(this.#names[i].view, 0, this.#names[i].length)
      writer.byte(VALUE)
      writer.varint(value)
      writer.copy(poolView, pool.offsets[id], value)
    }
  }

  #pairLength(i: number, value: number): number {
    return this.#names[i].length + 1 + varintLength(value) + value
  }
}

/** Writes one `LabelPair` as a field `label`. */
export function writeLabel(writer: ProtoWriter, name: string, value: string): void {
  writer.byte(LABEL)
  const at = writer.startField()
  writer.textField(NAME, name)
  writer.textField(VALUE, value)
  writer.endField(at)
}

function bytesOf(write: (writer: ProtoWriter) => void): { view: DataView; length: number } {
  const writer = new ProtoWriter(new Uint8Array(256))
  write(writer)
  const bytes = new Uint8Array(writer.position + SLACK)
  bytes.set(writer.written)
  return { view: new DataView(bytes.buffer), length: writer.position }
}
