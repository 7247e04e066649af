import type { FamilyPart, FamilyView, LogOnce, TransportContext } from '@tidegauge/core'
import type { Chunk } from '../chunk/chunk.js'
import type { Tally } from '../tally.js'
import { FigureWriter, type LineSettings } from './figure-writer.js'
import { InstrumentLines, type Step } from './instrument-lines.js'
import type { FlushNumbers } from './quantile-windows.js'

/** Writes everything that is routed to the transport, and remembers what has been told for as long as it is there. */
export class FamilyWriter {
  readonly #writer: FigureWriter
  /** Forgotten with the instrument, such as one that a plugin took out again. */
  readonly #lines = new WeakMap<object, InstrumentLines>()

  constructor(chunk: Chunk, settings: LineSettings, parts: { tally: Tally; logOnce: LogOnce }) {
    this.#writer = new FigureWriter(chunk, settings, parts)
  }

  /** `isLast`: gauges that are known are not told again. */
  *write(
    { read }: Pick<TransportContext, 'read'>,
    flush: FlushNumbers & { readonly isLast: boolean },
  ): Generator<Step, void> {
    this.#writer.unchangedGauges = flush.isLast ? 'skip' : this.#writer.settings.unchangedGauges
    for (const family of read())
      for (const part of family.parts) yield* this.#linesOf(family, part).write(part, flush)
  }

  #linesOf(family: FamilyView, { key, constantLabels }: FamilyPart): InstrumentLines {
    let lines = this.#lines.get(key)
    if (lines === undefined) {
      lines = new InstrumentLines(family, constantLabels, this.#writer)
      this.#lines.set(key, lines)
    }
    return lines
  }
}
