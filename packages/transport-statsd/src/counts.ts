/** Why something was not sent. */
export const dropReasons = [
  'oversized',
  'not_finite',
  'sample_invalid',
  'samples_full',
  'connection_broken',
] as const

export type DropReason = (typeof dropReasons)[number]

/** What a transport has done since it was created. */
export class TransportCounts {
  /** Flushes that were sent completely. */
  flushes = 0
  lines = 0
  /** Datagrams, or TCP connections. */
  datagrams = 0
  bytes = 0
  /** Datagrams and connections that failed or are in doubt, and flushes that were put off. */
  errors = 0
  /** Lines of connections that broke: the receiver may have them or not. */
  doubtfulLines = 0
  /** Series with a replaced character. */
  replacedSeries = 0
  readonly dropped: Record<DropReason, number> = {
    oversized: 0,
    not_finite: 0,
    sample_invalid: 0,
    samples_full: 0,
    connection_broken: 0,
  }
}
