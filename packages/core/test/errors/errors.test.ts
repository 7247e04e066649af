import { CollectError, ExportError, LifecycleError, RegistrationError, TidegaugeError } from '@tidegauge/core'
import { describe, expect, test } from 'vitest'

const cause = new Error('below')

describe('errors', () => {
  test('carry a code, their name, details and the cause', () => {
    const error = new ExportError('EXPORT_TIMEOUT', 'too late', { retryable: true, accepted: 3 }, cause)
    expect(error).toBeInstanceOf(TidegaugeError)
    expect(error).toMatchObject({
      name: 'ExportError',
      code: 'EXPORT_TIMEOUT',
      message: 'too late',
      retryable: true,
      accepted: 3,
      rejected: undefined,
      details: { retryable: true, accepted: 3 },
      cause,
    })
  })

  test('of each kind have the fields of that kind', () => {
    expect(new CollectError('COLLECT_FAILED', 'bitswap', 'no')).toMatchObject({ plugin: 'bitswap' })
    expect(new LifecycleError('LIFECYCLE_WRONG_STATE', 'no', 'running')).toMatchObject({ state: 'running' })
    expect(new RegistrationError('REGISTRATION_API_LEVEL', 'no', { existing: 1, rejected: 2 })).toMatchObject(
      {
        existing: 1,
        rejected: 2,
      },
    )
  })

  test('have no cause when none was given', () => {
    expect('cause' in new CollectError('COLLECT_FAILED', 'x', 'no')).toBe(false)
  })
})
