import type { ErrorCode } from './codes.js'

/** What an error carries beside its message. */
export interface ErrorDetails {
  readonly [key: string]: unknown
}

/**
 * The base of every error that Tidegauge's packages throw.
 *
 * The message is one line: what failed, where, received, expected, what to do. Secrets are never in it.
 * Branch on `code`, not on the class.
 */
export class TidegaugeError extends Error {
  readonly code: ErrorCode
  readonly details: ErrorDetails

  constructor(code: ErrorCode, message: string, details: ErrorDetails = {}, cause?: unknown) {
    super(message, cause === undefined ? undefined : { cause })
    this.name = new.target.name
    this.code = code
    this.details = details
  }
}

/** One thing that is wrong with the options that a user passed. */
export interface OptionIssue {
  /** Where in the options, with dots: `port`, `routes.bitswap`. */
  readonly path: string
  readonly received: string
  readonly expected: string
}

/** A user's option is wrong. `issues` names every one of them, not the first alone. */
export class OptionsError extends TidegaugeError {
  readonly issues: readonly OptionIssue[]

  constructor(where: string, issues: readonly OptionIssue[], code: ErrorCode = 'OPTIONS_INVALID') {
    const words = issues.map((i) => `option ${i.path} was ${i.received}, expected ${i.expected}`)
    super(code, `${where}: ${words.join('; ')}`, { issues })
    this.issues = issues
  }
}

/** A name, a label list or an API level clashes with what is registered already. */
export class RegistrationError extends TidegaugeError {
  readonly existing: unknown
  readonly rejected: unknown

  constructor(code: ErrorCode, message: string, clash: { existing?: unknown; rejected?: unknown } = {}) {
    super(code, message, clash)
    this.existing = clash.existing
    this.rejected = clash.rejected
  }
}

/** A source could not be read. */
export class CollectError extends TidegaugeError {
  readonly plugin: string
  /** Whether everything that could be read was reported: what the pass left out is then not exported. */
  readonly isReported: boolean

  constructor(
    code: ErrorCode,
    plugin: string,
    message: string,
    cause?: unknown,
    { isReported = false }: { readonly isReported?: boolean } = {},
  ) {
    super(code, message, { plugin, ...(isReported && { isReported }) }, cause)
    this.plugin = plugin
    this.isReported = isReported
  }
}

/** A transport could not deliver. */
export class ExportError extends TidegaugeError {
  /** Whether the same data may be sent again. */
  readonly retryable: boolean
  /** Points that the receiver took, when it said so. */
  readonly accepted: number | undefined
  /** Points that the receiver refused, when it said so. */
  readonly rejected: number | undefined

  constructor(
    code: ErrorCode,
    message: string,
    outcome: { retryable: boolean; accepted?: number; rejected?: number },
    cause?: unknown,
  ) {
    super(code, message, outcome, cause)
    this.retryable = outcome.retryable
    this.accepted = outcome.accepted
    this.rejected = outcome.rejected
  }
}

/** Something was called in the wrong state, or could not be started. */
export class LifecycleError extends TidegaugeError {
  readonly state: string

  constructor(code: ErrorCode, message: string, state: string, cause?: unknown) {
    super(code, message, { state }, cause)
    this.state = state
  }
}
