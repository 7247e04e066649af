import { UndoList } from '@tidegauge/attach'
import type { LogOnce } from '@tidegauge/core'
import type { RefusalReason } from '../../resources/refusals.js'
import { CertificateHistory, hashesIn } from '../../webtransport/certificates.js'
import type { WebtransportSnapshot, WebtransportSource } from '../../webtransport/snapshot.js'
import { hasInternals } from '../internals.js'
import type { NodeView } from '../node-view.js'
import {
  connectionOf,
  type AddressLike,
  type EventSourceLike,
  type ListenerLike,
  type TransportConnectionLike,
  type WebrtcDirectLike,
} from '../shapes.js'
import { Handshakes, mean } from './handshakes.js'

const TRANSPORT = '@libp2p/webrtc-direct'

/** Defaults of `webRTCDirect()`: fourteen days, and a day before their end. */
const LIFESPAN_MS = 14 * 86_400_000
const RENEWAL_THRESHOLD_MS = 86_400_000

/** The refusals that count as rejected sessions: a quota was full. */
const QUOTAS: ReadonlySet<RefusalReason> = new Set(['connection_limit', 'pending_limit', 'rate_limit'])

/**
 * Reads the WebRTC-direct listener of a js-libp2p node.
 *
 * js-libp2p has no WebTransport listener in Node.js. WebRTC-direct is the transport that is like it: certificates that
 * are self-signed, have their hashes in the addresses and rotate, and sessions with a handshake.
 */
export class WebrtcDirectSource implements WebtransportSource {
  readonly #view: NodeView
  readonly #logOnce: LogOnce
  readonly #keepHistory: number
  readonly #certificates: CertificateHistory
  readonly #handshakes = new Handshakes()
  readonly #undo = new UndoList()
  #watched: EventSourceLike | undefined
  #sessionLimitRejections = 0

  constructor(view: NodeView, keepHistory: number, logOnce: LogOnce) {
    this.#view = view
    this.#logOnce = logOnce
    this.#keepHistory = keepHistory
    this.#certificates = new CertificateHistory(keepHistory)
  }

  /** The node refused an incoming connection. */
  refused(reason: RefusalReason, connection: TransportConnectionLike): void {
    if (QUOTAS.has(reason) && isSession(connection)) this.#sessionLimitRejections++
  }

  read(): WebtransportSnapshot {
    this.#watchEvents()
    this.#update()
    const pending = this.#handshakes.pendingSeconds(this.#listeners())
    const { current, history, lastRotationMs } = this.#certificates
    return {
      currentHashes: current,
      historyHashes: history,
      sessions: { ready: this.#view.connections().filter(isSession).length, pending: pending.length },
      handshakeSeconds: { ready: this.#handshakes.meanSeconds(), pending: mean(pending) },
      rejections: { session_limit: this.#sessionLimitRejections },
      rotationIntervalMs: rotationIntervalMs(this.#view.transportTagged(TRANSPORT)),
      keepHistory: this.#keepHistory,
      maxSessions: this.#view.connectionManager?.getMaxConnections?.(),
      lastRotationMs,
    }
  }

  stop(): void {
    this.#watched = undefined
    this.#undo.run()
  }

  /** Watches the node's events; those of another node when the application has replaced it. */
  #watchEvents(): void {
    const { events } = this.#view
    if (events === undefined || events === this.#watched) return
    this.stop()
    this.#watched = events
    for (const connection of this.#view.connections())
      if (isSession(connection)) this.#handshakes.skip(connection)
    const update = (): void => this.#logOnce.guard('reading the addresses', () => this.#update())
    const opened = (event: Event): void => {
      this.#logOnce.guard('timing a handshake', () => {
        const connection = connectionOf(event)
        if (isSession(connection)) this.#handshakes.finished(connection)
      })
    }
    for (const [type, listener] of [
      ['transport:listening', update],
      ['self:peer:update', update],
      ['connection:open', opened],
    ] as const) {
      events.addEventListener(type, listener)
      this.#undo.add(() => events.removeEventListener(type, listener))
    }
  }

  #update(): void {
    this.#certificates.update(this.#view.addresses().filter(isSessionAddress).flatMap(hashesIn), Date.now())
    for (const listener of this.#listeners()) {
      hasInternals(listener, 'webrtcDirectListener', this.#logOnce)
      this.#handshakes.watch(listener, this.#undo)
    }
  }

  #listeners(): ListenerLike[] {
    const listeners = this.#view.transportManager?.getListeners() ?? []
    return listeners.filter((listener) => listener.getAddrs().map(String).some(isSessionAddress))
  }
}

function isSession({ remoteAddr }: { readonly remoteAddr: AddressLike }): boolean {
  return isSessionAddress(String(remoteAddr))
}

/** WebRTC-direct, and the WebTransport that a browser dials. */
function isSessionAddress(address: string): boolean {
  return /\/(webrtc-direct|webtransport)(\/|$)/.test(address)
}

/** As the transport is configured; a certificate that its user provided never rotates. */
function rotationIntervalMs(transport: WebrtcDirectLike | undefined): number {
  if (transport === undefined) return 0
  const { certificate, certificateLifespan, certificateRenewalThreshold } = transport.certInit ?? {}
  if (certificate !== undefined && certificate !== null) return 0
  return (certificateLifespan ?? LIFESPAN_MS) - (certificateRenewalThreshold ?? RENEWAL_THRESHOLD_MS)
}
