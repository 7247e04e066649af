import type { Instrument, SeriesReader, StringPool } from '@tidegauge/core'
import type { ByteWriter } from './byte-writer.js'
import { escapeLabelValue } from './escape.js'

const SLACK = 8

/**
 * The parts of a sample line that don't change from series to series, as bytes: the name with the constant
 * labels, what stands between two label values, and what closes the labels, one closing for each extra label
 * such as `le="0.1"`.
 */
export class LineTemplate {
  readonly #labels: number
  readonly #starts: number[] = []
  readonly #lengths: number[] = []
  readonly #view: DataView

  constructor(name: string, instrument: Instrument, extras: readonly string[] = ['']) {
    const constants = Object.entries(instrument.instance.labels).map(
      ([k, v]) => `${k}="${escapeLabelValue(v)}"`,
    )
    const names = instrument.table.readers.map((reader) => reader.name)
    this.#labels = names.length
    const pieces = names.map(
      (label, i) => (i === 0 ? `${name}{${[...constants, ''].join(',')}` : '",') + `${label}="`,
    )
    const closings = extras.map((extra) => closing(name, names.length > 0, constants, extra))
    this.#view = this.#pack([...pieces, ...closings])
  }

  /** Everything up to the value of the line with the extra label of this index. */
  write(writer: ByteWriter, series: SeriesReader, pool: StringPool, poolView: DataView, extra: number): void {
    const { ids, idsAt } = series
    const labels = this.#labels
    for (let i = 0; i < labels; i++) {
      writer.copy(this.#view, this.#starts[i], this.#lengths[i])
      const id = ids[idsAt + i]
      if (pool.special[id] === 0) writer.copy(poolView, pool.offsets[id], pool.lengths[id])
      else writer.text(escapeLabelValue(pool.text(id)))
    }
    writer.copy(this.#view, this.#starts[labels + extra], this.#lengths[labels + extra])
  }

  #pack(parts: readonly string[]): DataView {
    const encoded = parts.map((part) => new TextEncoder().encode(part))
    const bytes = new Uint8Array(encoded.reduce((sum, part) => sum + part.length, SLACK))
    let at = 0
    for (const part of encoded) {
      bytes.set(part, at)
      this.#starts.push(at)
      this.#lengths.push(part.length)
      at += part.length
    }
    return new DataView(bytes.buffer)
  }
}

function closing(name: string, hasLabels: boolean, constants: readonly string[], extra: string): string {
  if (hasLabels) return `"${extra === '' ? '' : `,${extra}`}} `
  const labels = extra === '' ? constants : [...constants, extra]
  return labels.length === 0 ? `${name} ` : `${name}{${labels.join(',')}} `
}
