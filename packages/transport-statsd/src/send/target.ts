import type { OptionCheck } from '@tidegauge/core'
import { HostResolver } from './host-resolver.js'
import type { Sender } from './sender.js'
import { TcpSender } from './tcp.js'
import { UdpSender } from './udp.js'
import { UnixSender } from './unix.js'

/** The options that say where to send. */
export interface TargetOptions {
  /** `udp://host:8125`, `tcp://host:8125` or `unix:///path`, instead of `protocol`, `host`, `port` and `path`. */
  readonly url?: string
  /** `unix` is a datagram socket; it needs the package node-unix-socket. Default: `udp`. */
  readonly protocol?: 'udp' | 'tcp' | 'unix'
  /** A host name or an address. Default: `127.0.0.1`. */
  readonly host?: string
  /** The receiver's port. Default: 8125. */
  readonly port?: number
  /** The address family to look up; 0 is the system's choice. Default: 0. */
  readonly family?: 0 | 4 | 6
  /** The path of the Unix socket. */
  readonly path?: string
  /** Limit for a datagram; over TCP, for a connection. Default: 1,432, on Unix sockets and over TCP 8,192. */
  readonly maxDatagramBytes?: number
  /**
   * Over UDP: bytes that are sent per millisecond after the first 16,384, because a receiver loses what it cannot read
   * in time. Unit: bytes/ms. Default: 1,024.
   */
  readonly maxBytesPerMs?: number
}

/** The names of these options. */
export const targetKeys = [
  'url',
  'protocol',
  'host',
  'port',
  'family',
  'path',
  'maxDatagramBytes',
  'maxBytesPerMs',
]

/** Where to send: the options, checked and complete. */
export type Target =
  | { readonly protocol: 'unix'; readonly path: string; readonly maxBytes: number }
  | {
      readonly protocol: 'udp' | 'tcp'
      readonly host: string
      readonly port: number
      readonly family: 0 | 4 | 6
      readonly maxBytes: number
      /** Used over UDP. */
      readonly maxBytesPerMs: number
    }

/** UDP: what fits into an Ethernet frame over IPv6 and a tunnel. Unix: what Datadog's agent reads at once. */
const defaultMaxBytes = { udp: 1_432, tcp: 8_192, unix: 8_192 }
/** A line hardly fits into less. */
const MIN_BYTES = 64
/** UDP: the most that it carries over IPv4. */
const maxBytesLimit = { udp: 65_507, tcp: 2 ** 20, unix: 65_536 }
/** 100,000 series of 80 bytes take eight seconds. At twice the pace npm's server lost some on a busy machine. */
const DEFAULT_BYTES_PER_MS = 1_024
/** At this pace the largest datagram waits for one second. */
const MIN_BYTES_PER_MS = 64
/** `sockaddr_un` has 108 bytes; the last one is zero. */
const MAX_PATH_BYTES = 107

/** Adds what is wrong to `check`. */
export function parseTarget(check: OptionCheck, options: TargetOptions): Target {
  const given = options.url === undefined ? options : parseUrl(check, options)
  const protocol = check.choice('protocol', given.protocol, 'udp', ['udp', 'tcp', 'unix'])
  const maxBytes = check.integer(
    'maxDatagramBytes',
    options.maxDatagramBytes,
    defaultMaxBytes[protocol],
    MIN_BYTES,
    maxBytesLimit[protocol],
  )
  const maxBytesPerMs = check.integer(
    'maxBytesPerMs',
    options.maxBytesPerMs,
    DEFAULT_BYTES_PER_MS,
    MIN_BYTES_PER_MS,
    2 ** 31 - 1,
  )
  if (protocol === 'unix') {
    const { path = '' } = given
    const ok = typeof path === 'string' && path !== '' && Buffer.byteLength(path) <= MAX_PATH_BYTES
    check.expect(ok && !path.includes('\0'), 'path', path, `a path of up to ${MAX_PATH_BYTES} bytes`)
    return { protocol, path, maxBytes }
  }
  const { family = 0 } = options
  check.expect(family === 0 || family === 4 || family === 6, 'family', family, '0, 4 or 6')
  check.expect(given.path === undefined, 'path', given.path, 'no value unless the protocol is "unix"')
  return {
    protocol,
    host: check.text('host', given.host, '127.0.0.1'),
    port: check.integer('port', given.port, 8125, 1, 65_535),
    family,
    maxBytes,
    maxBytesPerMs,
  }
}

/** Creates the sender for a target. Opens nothing. */
export function createSender(target: Target): Sender {
  if (target.protocol === 'unix') return new UnixSender(target)
  const resolver = new HostResolver(target.host, target.family)
  return target.protocol === 'tcp' ? new TcpSender(resolver, target) : new UdpSender(resolver, target)
}

function parseUrl(check: OptionCheck, options: TargetOptions): TargetOptions {
  const { url } = options
  for (const key of ['protocol', 'host', 'port', 'path'] as const)
    check.expect(options[key] === undefined, key, options[key], 'no value when url is given')
  const expected = 'udp://host:port, tcp://host:port or unix:///path'
  const unix = typeof url === 'string' && /^unix:\/\/(\/.+)$/.exec(url)
  if (unix) return { protocol: 'unix', path: unix[1] }
  const parts =
    typeof url === 'string' && /^(udp|tcp):\/\/([^/:[\]]+|\[[^/[\]]+\])(?::(\d{1,5}))?\/?$/.exec(url)
  if (!check.expect(Boolean(parts), 'url', url, expected) || !parts) return {}
  const [, protocol, host, port] = parts
  return {
    protocol: protocol as 'udp' | 'tcp',
    host: host.replace(/^\[|\]$/g, ''),
    ...(port !== undefined && { port: Number(port) }),
  }
}
