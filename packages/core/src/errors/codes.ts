/**
 * Every error code that Tidegauge's packages may carry, by kind.
 *
 * Callers branch on `error.code`: `instanceof` breaks when two copies of core are installed.
 * `docs/errors.md` lists the same codes with what to do about each; a test compares both lists.
 */
export const errorCodes = {
  options: ['OPTIONS_INVALID', 'OPTIONS_UNKNOWN_TRANSPORT'],
  registration: [
    'REGISTRATION_NAME_CLASH',
    'REGISTRATION_INVALID_DEFINITION',
    'REGISTRATION_DUPLICATE_PLUGIN',
    'REGISTRATION_DUPLICATE_TRANSPORT',
    'REGISTRATION_API_LEVEL',
    'REGISTRATION_INVALID_PLUGIN',
  ],
  collect: ['COLLECT_FAILED', 'COLLECT_TIMEOUT', 'COLLECT_SOURCE_CHANGED'],
  export: ['EXPORT_FAILED', 'EXPORT_TIMEOUT'],
  lifecycle: [
    'LIFECYCLE_WRONG_STATE',
    'LIFECYCLE_PLUGIN_START_FAILED',
    'LIFECYCLE_TRANSPORT_START_FAILED',
    'LIFECYCLE_LISTEN_FAILED',
  ],
} as const

/** One of the codes in {@link errorCodes}. */
export type ErrorCode = (typeof errorCodes)[keyof typeof errorCodes][number]
