/** Why something was not sent. */
export const dropReasons = [
  'oversized',
  'not_finite',
  'sample_invalid',
  'samples_full',
  'connection_broken',
] as const

export type DropReason = (typeof dropReasons)[number]

/** What a transport has done since it was made. */
export class Tally {
  /** Flushes that were sent whole. */
  flushes = 0
  lines = 0
  /** Datagrams, or over TCP connections. */
  datagrams = 0
  bytes = 0
  /** Datagrams that could not be sent, or whose fate is unknown; flushes that were put off are in here, too. */
  errors = 0
  /** Lines of connections that broke, which the receiver may have or not. */
  doubtfulLines = 0
  /** Series of which a character was replaced. */
  replacedSeries = 0
  readonly dropped: Record<DropReason, number> = {
    oversized: 0,
    not_finite: 0,
    sample_invalid: 0,
    samples_full: 0,
    connection_broken: 0,
  }
}
