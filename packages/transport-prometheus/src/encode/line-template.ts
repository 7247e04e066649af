import type { FamilyPart, FamilyView, SeriesReader } from '@tidegauge/core'
import type { ByteWriter } from './byte-writer.js'
import { escapeLabelValue } from './text-format.js'

/** {@link ByteWriter.copy} may read so many bytes past the end. */
const SLACK = 8

/**
 * The pieces of a sample line that are the same for every series of a part, as bytes: the name with the constant
 * labels, the text between two label values, and the text after the last one. There is one such ending for each extra
 * label such as `le="0.1"`.
 */
export class LineTemplate {
  readonly #labels: number
  readonly #starts: number[] = []
  readonly #lengths: number[] = []
  readonly #view: DataView

  constructor(name: string, { labels }: FamilyView, part: FamilyPart, extras: readonly string[] = ['']) {
    const constants = Object.entries(part.constantLabels).map(([k, v]) => `${k}="${escapeLabelValue(v)}"`)
    this.#labels = labels.length
    const pieces = labels.map(
      (label, i) => (i === 0 ? `${name}{${[...constants, ''].join(',')}` : '",') + `${label.name}="`,
    )
    const endings = extras.map((extra) => endingOf(name, labels.length > 0, constants, extra))
    this.#view = this.#pack([...pieces, ...endings])
  }

  /** Writes everything up to the value, on the line with the extra label of this index. */
  write(writer: ByteWriter, { ids, idsAt, pool }: SeriesReader, poolView: DataView, extra: number): void {
    const labels = this.#labels
    for (let i = 0; i < labels; i++) {
      writer.copy(this.#view, this.#starts[i], this.#lengths[i])
      const id = ids[idsAt + i]
      if (pool.special[id] === 0) writer.copy(poolView, pool.offsets[id], pool.lengths[id])
      else writer.text(escapeLabelValue(pool.text(id)))
    }
    writer.copy(this.#view, this.#starts[labels + extra], this.#lengths[labels + extra])
  }

  #pack(pieces: readonly string[]): DataView {
    const encoded = pieces.map((piece) => new TextEncoder().encode(piece))
    const bytes = new Uint8Array(encoded.reduce((sum, piece) => sum + piece.length, SLACK))
    let at = 0
    for (const piece of encoded) {
      bytes.set(piece, at)
      this.#starts.push(at)
      this.#lengths.push(piece.length)
      at += piece.length
    }
    return new DataView(bytes.buffer)
  }
}

function endingOf(name: string, hasLabels: boolean, constants: readonly string[], extra: string): string {
  if (hasLabels) return `"${extra === '' ? '' : `,${extra}`}} `
  const labels = extra === '' ? constants : [...constants, extra]
  return labels.length === 0 ? `${name} ` : `${name}{${labels.join(',')}} `
}
