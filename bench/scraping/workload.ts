/** The series that every contender holds: three labels, about 175 bytes a line. */
export const metricName = 'libp2p_bandwidth_protocol_bytes_total'
export const histogramName = 'libp2p_request_duration_seconds'
export const labelNames = ['peer', 'protocol', 'direction'] as const
export const bounds = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5]

const protocols = Array.from({ length: 10 }, (_, i) => `/ipfs/bitswap/1.${i}.0`)
const directions = ['inbound', 'outbound']

export interface Labels {
  readonly peer: string
  readonly protocol: string
  readonly direction: string
}

/** Series `i`: twenty for each peer, as a node that counts by peer and protocol would have. */
export function labelsOf(i: number, perPeer = 20): Labels {
  const peer = `12D3KooW${String(Math.floor(i / perPeer)).padStart(44, 'abcdefghjkmnpqrstuvwxyz')}`
  return { peer, protocol: protocols[(i >> 1) % 10], direction: directions[i & 1] }
}

/** One contender with its series in place. */
export interface Target {
  /** Records once in every series, so that all have changed. `round` varies the values. */
  touchAll(round: number): void
  /** Makes the whole text, ready to be sent, without sending it; returns its size. */
  render(format: Format): Promise<number>
  /** Serves the text over HTTP. */
  listen(): Promise<{ url: string; close(): Promise<void> }>
}

export type Kind = 'counters' | 'counters with fractions' | 'histograms' | 'exponential histograms'

/** What is written; peers that don't speak protobuf write their text. */
export type Format = 'text' | 'protobuf'
