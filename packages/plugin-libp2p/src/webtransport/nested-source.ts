import { isThenable, safeGet, waitWithinPass } from '@tidegauge/attach'
import { describeThrown, describeValue, type ReadPass, type SourceContext } from '@tidegauge/core'
import { Calculation } from '../modules/calculation.js'
import type { Libp2pSnapshot } from '../source.js'
import type { WebtransportSnapshot, WebtransportSource } from './snapshot.js'

/** The snapshot, or why there is none; neither when the source has not answered in time. */
type Reading = Pick<Libp2pSnapshot, 'webtransport' | 'problems'>

/**
 * A source that is read within another source's pass, from one start of that source to its stop.
 *
 * What it throws is a problem. When it hangs, nothing of it is exported, and it is not read again before it has
 * answered. When it could not start, or throws `COLLECT_SOURCE_CHANGED`, it is started again at the next pass.
 */
export class NestedSource {
  readonly #source: WebtransportSource
  readonly #context: SourceContext
  readonly #reading: Calculation<[ReadPass]>
  #state: 'idle' | 'starting' | 'started' = 'idle'

  constructor(source: WebtransportSource, context: SourceContext) {
    this.#source = source
    this.#context = context
    this.#reading = new Calculation((pass) => this.#startAndRead(pass))
  }

  async read(pass: ReadPass): Promise<Reading> {
    const { clock, logOnce } = this.#context
    let reading: Reading | undefined
    let isGone = false
    const onError = (thrown: unknown): void => {
      isGone = safeGet(thrown, 'code') === 'COLLECT_SOURCE_CHANGED'
      reading = problem(`failed: ${describeThrown(thrown)}`)
    }
    const answer = this.#reading.run((snapshot) => (reading = readingOf(snapshot)), onError, pass)
    if (answer !== undefined) await waitWithinPass([answer], pass, clock)
    if (reading === undefined) logOnce.warn('source', 'the WebTransport source does not answer')
    if (isGone) await this.stop()
    return reading ?? {}
  }

  async stop(): Promise<void> {
    const wasIdle = this.#state === 'idle'
    this.#state = 'idle'
    if (!wasIdle) await this.#source.stop?.()
  }

  #startAndRead(pass: ReadPass): unknown {
    const read = (): unknown => {
      this.#state = 'started'
      return this.#source.read(pass)
    }
    if (this.#state === 'started') return read()
    this.#state = 'starting'
    const starting = this.#source.start?.(this.#context)
    return isThenable(starting) ? starting.then(read) : read()
  }
}

function readingOf(snapshot: unknown): Reading {
  if (typeof snapshot !== 'object' || snapshot === null)
    return problem(`returned ${describeValue(snapshot)} from read(), expected a snapshot object`)
  const webtransport = snapshot as WebtransportSnapshot
  return { webtransport, problems: webtransport.problems }
}

function problem(what: string): Reading {
  return { problems: [`the WebTransport source ${what}`] }
}
