import { UndoList } from '@tidegauge/attach'
import { type LogOnce } from '@tidegauge/core'
import type { NodeView } from '../node/node-view.js'
import {
  connectionOf,
  type AddressLike,
  type EventSourceLike,
  type ListenerLike,
  type TransportConnectionLike,
} from '../node/shapes.js'
import { CertificateBook, hashesIn } from './certificates.js'
import { Handshakes, mean } from './handshakes.js'
import type { WebtransportSnapshot, WebtransportSource } from './source.js'

const TRANSPORT = '@libp2p/webrtc-direct'

/** Defaults of `webRTCDirect()`: fourteen days, and a day before. */
const LIFESPAN_MS = 14 * 86_400_000
const RENEWAL_THRESHOLD_MS = 86_400_000

/**
 * The built-in source: the WebRTC-direct listener of a js-libp2p node.
 *
 * js-libp2p has no WebTransport listener in Node.js. WebRTC-direct is the transport with the same traits:
 * self-signed certificates whose hashes are in the addresses, their rotation, and sessions with a handshake.
 */
export class WebrtcDirectSource implements WebtransportSource {
  readonly #view: NodeView
  readonly #logOnce: LogOnce
  readonly #keepHistory: number
  readonly #certificates: CertificateBook
  readonly #handshakes = new Handshakes()
  readonly #undo = new UndoList()
  #followed: EventSourceLike | undefined
  #sessionLimitRejections = 0

  constructor(view: NodeView, keepHistory: number, logOnce: LogOnce) {
    this.#view = view
    this.#logOnce = logOnce
    this.#keepHistory = keepHistory
    this.#certificates = new CertificateBook(keepHistory)
  }

  start(): void {
    this.#follow()
    this.#look()
  }

  stop(): void {
    this.#followed = undefined
    this.#undo.run()
  }

  /** The node refused an incoming connection because a quota was full. */
  refused(connection: TransportConnectionLike): void {
    if (isSession(connection)) this.#sessionLimitRejections++
  }

  read(): WebtransportSnapshot {
    this.#follow()
    this.#look()
    const pending = this.#handshakes.pendingSeconds(this.#listeners())
    const { current, history, lastRotationMs } = this.#certificates
    const maxSessions = this.#view.connectionManager?.getMaxConnections?.()
    return {
      currentHashes: current,
      historyHashes: history,
      sessions: { ready: this.#view.connections().filter(isSession).length, pending: pending.length },
      handshakeSeconds: { ready: this.#handshakes.meanSeconds(), pending: mean(pending) },
      rejections: { session_limit: this.#sessionLimitRejections },
      rotationIntervalMs: rotationIntervalMs(this.#view.transportTagged(TRANSPORT)),
      keepHistory: this.#keepHistory,
      ...(maxSessions !== undefined && { maxSessions }),
      ...(lastRotationMs !== undefined && { lastRotationMs }),
    }
  }

  /** Hears the node's events; another's when the host has made its node anew. */
  #follow(): void {
    const { events } = this.#view
    if (events === undefined || events === this.#followed) return
    this.#undo.run()
    this.#followed = events
    for (const connection of this.#view.connections())
      if (isSession(connection)) this.#handshakes.skip(connection)
    const look = (): void => this.#logOnce.guard('reading the addresses', () => this.#look())
    const opened = (event: Event): void => {
      this.#logOnce.guard('timing a handshake', () => {
        const connection = connectionOf(event)
        if (isSession(connection)) this.#handshakes.finished(connection)
      })
    }
    for (const [type, listener] of [
      ['transport:listening', look],
      ['self:peer:update', look],
      ['connection:open', opened],
    ] as const) {
      events.addEventListener(type, listener)
      this.#undo.add(() => events.removeEventListener(type, listener))
    }
  }

  #look(): void {
    this.#certificates.update(this.#view.addresses().filter(isSessionAddress).flatMap(hashesIn), Date.now())
    for (const listener of this.#listeners()) {
      if (!(listener.connections instanceof Map))
        this.#logOnce.warn(
          'webrtc',
          'this WebRTC-direct listener does not tell its handshakes: none show as pending',
        )
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

/** What the transport was configured with; a certificate that was supplied is never rotated. */
function rotationIntervalMs(transport: object | undefined): number {
  if (transport === undefined) return 0
  const { certInit } = transport as {
    certInit?: { certificate?: unknown; certificateLifespan?: number; certificateRenewalThreshold?: number }
  }
  if (certInit?.certificate !== undefined && certInit.certificate !== null) return 0
  return (
    (certInit?.certificateLifespan ?? LIFESPAN_MS) -
    (certInit?.certificateRenewalThreshold ?? RENEWAL_THRESHOLD_MS)
  )
}
