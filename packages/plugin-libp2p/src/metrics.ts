// Table of constants. The names of the first eighteen are a contract that dashboards depend on, also those of counters
// without `_total`.
import { defineInstruments } from '@tidegauge/core'
import { directions as direction } from './direction.js'

/** Why a session of a WebTransport-like listener was rejected. */
export const webtransportRejections = [
  'session_limit',
  'missing_connect_protocol',
  'missing_datagram',
  'missing_session_accept',
  'connect_status_rejected',
  'invalid_request',
] as const

/** Why the node refused an incoming connection before it was upgraded. */
export const refusalReasons = [
  'connection_limit',
  'pending_limit',
  'rate_limit',
  'deny_list',
  'connection_gater',
  'unknown',
] as const

/** How a request for a connection ended. */
export const dialOutcomes = [
  'connected',
  'existing',
  'denied',
  'no_address',
  'queue_full',
  'timeout',
  'aborted',
  'failed',
] as const

/** The instruments of the plugin, as data. */
export const instruments = defineInstruments({
  connections: {
    kind: 'gauge',
    name: 'libp2p_resource_connections',
    help: 'Open connections.',
    unit: 'connections',
    labels: { direction },
  },
  streams: {
    kind: 'gauge',
    name: 'libp2p_resource_streams',
    help: 'Open streams.',
    unit: 'streams',
    labels: { direction },
  },
  poolConnections: {
    kind: 'gauge',
    name: 'libp2p_resource_shared_pool_connections',
    help: 'Connections that count against a shared quota of the node.',
    unit: 'connections',
    labels: { pool: {}, direction },
  },
  poolStreams: {
    kind: 'gauge',
    name: 'libp2p_resource_shared_pool_streams',
    help: 'Streams that count against the quota of a protocol, on the connection that has most of them.',
    unit: 'streams',
    labels: { pool: {}, direction },
  },
  totalBytes: {
    kind: 'counter',
    name: 'libp2p_bandwidth_total_bytes',
    help: 'Bytes sent and received since the node was created.',
    unit: 'bytes',
    labels: { direction },
  },
  totalRate: {
    kind: 'rate',
    name: 'libp2p_bandwidth_rate_bps',
    help: 'Current rate in bytes per second.',
    of: 'totalBytes',
  },
  protocolBytes: {
    kind: 'counter',
    name: 'libp2p_bandwidth_protocol_bytes',
    help: 'Bytes sent and received since the node was created, by protocol.',
    unit: 'bytes',
    labels: { protocol: {}, direction },
  },
  protocolRate: {
    kind: 'rate',
    name: 'libp2p_bandwidth_protocol_rate_bps',
    help: 'Current rate by protocol, in bytes per second.',
    of: 'protocolBytes',
  },
  groupBytes: {
    kind: 'counter',
    name: 'libp2p_bandwidth_group_bytes',
    help: 'Bytes sent and received since the node was created, by group of protocols.',
    unit: 'bytes',
    labels: { group: {}, direction },
  },
  groupRate: {
    kind: 'rate',
    name: 'libp2p_bandwidth_group_rate_bps',
    help: 'Current rate by group of protocols, in bytes per second.',
    of: 'groupBytes',
  },
  certHash: {
    kind: 'gauge',
    name: 'libp2p_webtransport_cert_hash',
    help: '1 for every certificate hash that is announced now or kept after a rotation.',
    labels: { state: ['current', 'history'], hash: {} },
  },
  maxSessions: {
    kind: 'gauge',
    name: 'libp2p_webtransport_max_sessions',
    help: 'Maximum number of sessions that the node accepts.',
    unit: 'sessions',
  },
  sessions: {
    kind: 'gauge',
    name: 'libp2p_webtransport_sessions',
    help: 'Sessions by the state of their handshake.',
    unit: 'sessions',
    labels: { state: ['ready', 'pending'] },
  },
  handshakeSeconds: {
    kind: 'gauge',
    name: 'libp2p_webtransport_handshake_seconds',
    help: 'Mean time of finished handshakes (ready), mean waiting time of unfinished ones (pending); 0 without any.',
    unit: 'seconds',
    labels: { state: ['ready', 'pending'] },
  },
  rejections: {
    kind: 'counter',
    name: 'libp2p_webtransport_rejections_total',
    help: 'Sessions that were rejected.',
    labels: { reason: webtransportRejections },
  },
  rotationInterval: {
    kind: 'gauge',
    name: 'libp2p_webtransport_rotation_interval_seconds',
    help: 'Configured time between certificate rotations; 0 when no certificate is rotated.',
    unit: 'seconds',
  },
  rotationKeepHistory: {
    kind: 'gauge',
    name: 'libp2p_webtransport_rotation_keep_history',
    help: 'Certificate hashes kept after a rotation.',
  },
  lastRotation: {
    kind: 'gauge',
    name: 'libp2p_webtransport_last_rotation_timestamp',
    help: 'Unix time at which the current certificate was first announced.',
    unit: 'seconds',
  },
  poolLimit: {
    kind: 'gauge',
    name: 'libp2p_resource_shared_pool_limit',
    help: 'Limit of a shared quota; direction "any" is one quota for both directions together.',
    labels: { pool: {}, direction: ['inbound', 'outbound', 'any'] },
  },
  connectionsOpened: {
    kind: 'counter',
    name: 'libp2p_connections_opened_total',
    help: 'Connections opened since the node was created.',
    unit: 'connections',
    labels: { direction },
  },
  connectionsClosed: {
    kind: 'counter',
    name: 'libp2p_connections_closed_total',
    help: 'Connections closed since the node was created.',
    unit: 'connections',
    labels: { direction },
  },
  connectionsRefused: {
    kind: 'counter',
    name: 'libp2p_connections_refused_total',
    help: 'Incoming connections that the node refused before they were upgraded.',
    unit: 'connections',
    labels: { reason: refusalReasons },
  },
  dials: {
    kind: 'counter',
    name: 'libp2p_dials_total',
    help: 'Requests for a connection to a peer, by outcome; "existing" is a connection that was open already.',
    labels: { outcome: dialOutcomes },
  },
  streamsOpened: {
    kind: 'counter',
    name: 'libp2p_streams_opened_total',
    help: 'Streams opened since the node was created, by protocol.',
    unit: 'streams',
    labels: { protocol: {}, direction },
  },
  streamsRefused: {
    kind: 'counter',
    name: 'libp2p_streams_refused_total',
    help: 'Streams refused because their protocol had as many on the connection as it may have, by protocol.',
    unit: 'streams',
    labels: { protocol: {}, direction },
  },
  streamsClosed: {
    kind: 'counter',
    name: 'libp2p_streams_closed_total',
    help: 'Streams closed since the node was created, by protocol.',
    unit: 'streams',
    labels: { protocol: {}, direction },
  },
})
