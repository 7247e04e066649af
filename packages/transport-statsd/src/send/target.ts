import type { OptionCheck } from '@tidegauge/core'
import { HostResolver } from './resolve-host.js'
import type { Sender } from './sender.js'
import { TcpSender } from './tcp.js'
import { UdpSender } from './udp.js'
import { UnixSender } from './unix.js'

/** Where to send, in the options. */
export interface TargetOptions {
  /** `udp://host:8125`, `tcp://host:8125` or `unix:///path`, in place of protocol, host, port and path. */
  readonly url?: string
  /** Default `udp`; `unix` is a datagram socket and needs the package node-unix-socket. */
  readonly protocol?: 'udp' | 'tcp' | 'unix'
  /** A name or an address. Default `127.0.0.1`. */
  readonly host?: string
  /** Default 8125. */
  readonly port?: number
  /** The address family to look up: 4, 6, or 0 (default) for what the system prefers. */
  readonly family?: 0 | 4 | 6
  /** Of the Unix socket. */
  readonly path?: string
  /** Most bytes of a datagram: default 1,432, on a Unix socket 8,192. Over TCP, of a connection: default 8,192. */
  readonly maxDatagramBytes?: number
}

export const targetKeys = ['url', 'protocol', 'host', 'port', 'family', 'path', 'maxDatagramBytes']

/** Where to send, checked. */
export type Target =
  | { readonly protocol: 'unix'; readonly path: string; readonly maxBytes: number }
  | {
      readonly protocol: 'udp' | 'tcp'
      readonly host: string
      readonly port: number
      readonly family: 0 | 4 | 6
      readonly maxBytes: number
    }

/** UDP: what fits an Ethernet frame over IPv6 with room for a tunnel; Unix: what Datadog's agent reads at once. */
const defaultBytes = { udp: 1_432, tcp: 8_192, unix: 8_192 }
/** Less than this holds hardly a line. The most that UDP carries over IPv4; the others could more. */
const MIN_BYTES = 64
const mostBytes = { udp: 65_507, tcp: 2 ** 20, unix: 65_536 }
/** `sockaddr_un` has 108 bytes, of which the last is zero. */
const MAX_PATH_BYTES = 107

export function parseTarget(check: OptionCheck, options: TargetOptions): Target {
  const given = options.url === undefined ? options : parseUrl(check, options)
  const protocol = check.choice('protocol', given.protocol, 'udp', ['udp', 'tcp', 'unix'])
  const maxBytes = check.integer(
    'maxDatagramBytes',
    options.maxDatagramBytes,
    defaultBytes[protocol],
    MIN_BYTES,
    mostBytes[protocol],
  )
  if (protocol === 'unix') {
    const { path = '' } = given
    const ok = typeof path === 'string' && path !== '' && Buffer.byteLength(path) <= MAX_PATH_BYTES
    check.expect(ok && !path.includes('\0'), 'path', path, `a path of up to ${MAX_PATH_BYTES} bytes`)
    return { protocol, path, maxBytes }
  }
  const { family = 0 } = options
  check.expect(family === 0 || family === 4 || family === 6, 'family', family, '0, 4 or 6')
  check.expect(given.path === undefined, 'path', given.path, 'nothing, unless the protocol is "unix"')
  return {
    protocol,
    host: check.text('host', given.host, '127.0.0.1'),
    port: check.integer('port', given.port, 8125, 1, 65_535),
    family,
    maxBytes,
  }
}

/** Makes what sends there. Opens nothing. */
export function createSender(target: Target): Sender {
  if (target.protocol === 'unix') return new UnixSender(target)
  const resolver = new HostResolver(target.host, target.family)
  return target.protocol === 'tcp' ? new TcpSender(resolver, target) : new UdpSender(resolver, target)
}

function parseUrl(check: OptionCheck, options: TargetOptions): TargetOptions {
  const { url } = options
  for (const key of ['protocol', 'host', 'port', 'path'] as const)
    check.expect(options[key] === undefined, key, options[key], 'nothing beside url')
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
