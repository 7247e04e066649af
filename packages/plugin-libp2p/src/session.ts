import { waitWithinPass, UndoList } from '@tidegauge/attach'
import { type CollectContext, type LogOnce, type PluginContext } from '@tidegauge/core'
import type { Meter } from './bandwidth/meter.js'
import { reportMeter } from './bandwidth/report.js'
import type { instruments } from './metrics.js'
import type { ModuleRegistry } from './modules/registry.js'
import type { NodeView } from './node/node-view.js'
import type { ConnectionManagerLike } from './node/shapes.js'
import { watchRefusals, type OnRefused, type RefusalReason } from './resources/refusals.js'
import { reportResources } from './resources/report.js'
import { reportWebtransport, type WebtransportSettings } from './webtransport/report.js'
import type { WebtransportSnapshot, WebtransportSource } from './webtransport/source.js'
import { WebrtcDirectSource } from './webtransport/webrtc-direct.js'
import { Calculation } from './modules/calculation.js'
import { collectParts } from './collect-parts.js'

type Context = PluginContext<typeof instruments>

/** What lives longer than one start of the plugin. */
export interface SessionParts {
  readonly meter: Meter
  readonly modules: ModuleRegistry
  readonly logOnce: LogOnce
  readonly groups: readonly string[]
  readonly source: WebtransportSource
  readonly webtransport: WebtransportSettings
}

/** From one start of the plugin to its stop: what watches the node, and what is told at each pass. */
export class Session {
  readonly #view: NodeView
  readonly #parts: SessionParts
  readonly #context: Context
  readonly #undo = new UndoList()
  readonly #reading: Calculation
  #source: 'idle' | 'asked' | 'started' = 'idle'
  #watched: ConnectionManagerLike | undefined

  constructor(view: NodeView, parts: SessionParts, context: Context) {
    this.#view = view
    this.#parts = parts
    this.#context = context
    this.#reading = new Calculation(() => this.#readSource())
  }

  start(): void {
    const { modules } = this.#parts
    modules.begin(this.#context)
    this.#undo.add(() => modules.end())
    this.#watchManager()
  }

  /** Tells everything. A part that fails leaves the others alone; then the pass counts as failed. */
  async collect(pass: CollectContext): Promise<void> {
    const { meter, groups, modules, logOnce } = this.#parts
    const to = this.#context.instruments
    this.#watchManager()
    await collectParts('libp2p', [
      () => reportMeter(meter, groups, to),
      () => reportResources(this.#view, to, logOnce),
      () => modules.collect(pass),
      () => this.#collectSource(pass),
    ])
  }

  async stop(): Promise<void> {
    this.#undo.run()
    if (this.#source !== 'idle') await this.#parts.source.stop?.()
  }

  /** Of a source that hangs nothing is exported; everything else is. */
  async #collectSource(pass: CollectContext): Promise<void> {
    let failure: { thrown: unknown } | undefined
    let state: 'waiting' | 'answered' | 'over' = 'waiting'
    const { webtransport, logOnce } = this.#parts
    const take = (snapshot: unknown): void => {
      if (state === 'over') return
      state = 'answered'
      reportWebtransport(snapshot as WebtransportSnapshot, webtransport, this.#context.instruments)
    }
    const answer = this.#reading.run(take, (thrown) => (failure = { thrown }))
    if (answer !== undefined) await waitWithinPass([answer], pass, this.#context.clock)
    if (failure !== undefined) throw failure.thrown
    if (state === 'waiting') logOnce.warn('source', 'the WebTransport source does not answer')
    state = 'over'
  }

  /** A source that could not start is started at the next pass. */
  #readSource(): WebtransportSnapshot | Promise<WebtransportSnapshot> {
    const { source } = this.#parts
    if (this.#source === 'started') return source.read()
    this.#source = 'asked'
    const read = (): WebtransportSnapshot | Promise<WebtransportSnapshot> => {
      this.#source = 'started'
      return source.read()
    }
    const starting = source.start?.()
    return starting === undefined ? read() : starting.then(read)
  }

  /** The connection manager may come after us, or be another's when the host has made its node anew. */
  #watchManager(): void {
    const { connectionManager } = this.#view
    if (connectionManager === undefined || connectionManager === this.#watched) return
    this.#watched = connectionManager
    const refused: OnRefused = (reason, connection) => this.#refused(reason, connection)
    this.#undo.add(watchRefusals(connectionManager, refused, this.#parts.logOnce))
  }

  #refused(...[reason, connection]: Parameters<OnRefused>): void {
    this.#context.instruments.connectionsRefused.inc({ reason })
    const { source } = this.#parts
    if (source instanceof WebrtcDirectSource && isQuota(reason)) source.refused(connection)
  }
}

function isQuota(reason: RefusalReason): boolean {
  return reason === 'connection_limit' || reason === 'pending_limit' || reason === 'rate_limit'
}
