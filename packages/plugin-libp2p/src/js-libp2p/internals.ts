/** Every private field of js-libp2p that the plugin relies on. A test checks them in the installed versions. */
import { isFunction, isObject, safeGet } from '@tidegauge/attach'
import type { LogOnce } from '@tidegauge/core'

/** Where a field is, what it must be, and what is not exported, or not exact, without it. */
type Internal = readonly [path: string, isExpected: (value: unknown) => boolean, feeds: string]

const isNumber = (value: unknown): boolean => typeof value === 'number'
const isMap = (value: unknown): boolean => value instanceof Map
const isNumberOrLeftOut = (value: unknown): boolean => value === undefined || isNumber(value)

/** The private fields, by the kind of object that has them. */
export const internals = {
  /** Its class has the field, its interface does not. */
  node: [['components', isObject, 'bytes, streams, quotas and refused connections']],
  /** Typed in `@libp2p/interface-internal`, but not reached through a node's interface. */
  components: [
    ['events.addEventListener', isFunction, 'connections opened and closed'],
    ['connectionManager', isObject, 'pools of connections'],
    ['registrar.getHandler', isFunction, 'limits of streams'],
    ['transportManager.getListeners', isFunction, 'sessions'],
    ['transportManager.getTransports', isFunction, 'certificate rotations'],
    ['addressManager.getAddresses', isFunction, 'certificate hashes'],
    ['upgrader.upgradeInbound', isFunction, 'connections that the gater refused'],
    ['upgrader.getStreamMuxers', isFunction, 'the total bytes of WebRTC and QUIC'],
    ['components', isObject, 'the pool relay_reservations'],
    ['isStarted', isFunction, 'the check for a second node'],
  ],
  connectionManager: [
    ['acceptIncomingConnection', isFunction, 'refused connections'],
    ['openConnection', isFunction, 'dials'],
    ['incomingPendingConnections', isNumber, 'the pool inbound_pending'],
    ['maxIncomingPendingConnections', isNumber, 'the limit of inbound_pending'],
    ['outboundPendingConnections', isNumber, 'the pool outbound_pending'],
    ['dialQueue.maxDialQueueLength', isNumber, 'the limit of dial_queue'],
    ['deny', Array.isArray, 'the refusal reason deny_list'],
    ['inboundConnectionRateLimiter.points', isNumber, 'the refusal reason rate_limit'],
    ['inboundConnectionRateLimiter.get', isFunction, 'the refusal reason rate_limit'],
  ],
  /** A stream, or a transport's connection. */
  stream: [
    ['onData', isFunction, 'exact bytes received'],
    ['sendData', isFunction, 'exact bytes sent'],
  ],
  connection: [
    ['maConn', isObject, 'the total bytes of connections that were open before'],
    ['muxer.addEventListener', isFunction, 'refused streams'],
    ['muxer.createStream', isFunction, 'the total bytes of WebRTC and QUIC'],
  ],
  webrtcDirectListener: [['connections', isMap, 'pending sessions']],
  webrtcDirectConnection: [['maConn.peerConnection', isObject, 'handshake times of incoming sessions']],
  /** What its user left out is left out here too. */
  webrtcDirectTransport: [
    ['certInit', isObject, 'certificate rotations'],
    ['certInit.certificateLifespan', isNumberOrLeftOut, 'certificate rotations'],
    ['certInit.certificateRenewalThreshold', isNumberOrLeftOut, 'certificate rotations'],
  ],
  relayServer: [
    ['reservations.size', isNumber, 'the pool relay_reservations'],
    ['reservationStore.maxReservations', isNumber, 'the limit of relay_reservations'],
  ],
} as const satisfies Readonly<Record<string, readonly Internal[]>>

/** The fields that an object lacks, with what is not exported without them. */
export function missingInternals(object: unknown, kind: keyof typeof internals): string[] {
  return internals[kind]
    .filter(([path, isExpected]) => !isExpected(path.split('.').reduce(safeGet, object)))
    .map(([path, , feeds]) => `${kind}.${path} (${feeds})`)
}

/** Logs once what an object lacks, in one message. Returns whether it has everything. */
export function hasInternals(object: unknown, kind: keyof typeof internals, logOnce: LogOnce): boolean {
  const missing = missingInternals(object, kind).join(', ')
  if (missing !== '')
    logOnce.warn(
      `missing ${missing}`,
      `this node lacks what is known from libp2p 3.3: ${missing}; these are not exported, or not exact, the rest is; update @tidegauge/plugin-libp2p, or record with createLibp2pRecorder() and pass it as source`,
    )
  return missing === ''
}
