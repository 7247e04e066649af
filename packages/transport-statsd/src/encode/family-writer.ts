import type { FamilyPart, FamilyView, LogOnce } from '@tidegauge/core'
import type { TransportCounts } from '../counts.js'
import type { Chunk } from './chunk.js'
import type { LineSettings } from './line-settings.js'
import { LineWriter, type WriteStep } from './line-writer.js'
import { PartWriter } from './part-writer.js'
import type { FlushNumbers } from './sent-buckets.js'

/** Writes the lines of families into the chunk. */
export class FamilyWriter {
  readonly #lineWriter: LineWriter
  /** By the key of a family part. What was sent of a part is forgotten with it. */
  readonly #partWriters = new WeakMap<object, PartWriter>()

  constructor(
    chunk: Chunk,
    settings: LineSettings,
    deps: { readonly counts: TransportCounts; readonly logOnce: LogOnce },
  ) {
    this.#lineWriter = new LineWriter(chunk, settings, deps)
  }

  /** Writes everything that is due. The last flush leaves unchanged gauges out. */
  *write(
    families: readonly FamilyView[],
    flush: FlushNumbers & { readonly isLast: boolean },
  ): Generator<WriteStep, void> {
    const { settings } = this.#lineWriter
    this.#lineWriter.unchangedGauges = flush.isLast ? 'skip' : settings.unchangedGauges
    for (const family of families)
      for (const part of family.parts) yield* this.#writerFor(family, part).write(part, flush)
  }

  #writerFor(family: FamilyView, { key, constantLabels }: FamilyPart): PartWriter {
    let writer = this.#partWriters.get(key)
    if (writer === undefined) {
      writer = new PartWriter(family, constantLabels, this.#lineWriter)
      this.#partWriters.set(key, writer)
    }
    return writer
  }
}
