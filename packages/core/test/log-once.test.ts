import { LogOnce } from '@tidegauge/core'
import { loggerInto } from '@tidegauge/testkit'
import { describe, expect, it } from 'vitest'

describe('a log of things to say once', () => {
  it('logs each message once, and keeps those that come before the logger', () => {
    const log: string[] = []
    const logOnce = new LogOnce()
    logOnce.warn('a', 'first')
    logOnce.warn('a', 'again')
    expect(log).toEqual([])
    logOnce.useLogger(loggerInto(log))
    logOnce.info('b', 'second')
    logOnce.warn('a', 'again')
    expect(log).toEqual(['warn first', 'info second'])
  })

  it('guards work inside other code: what it throws is logged, not thrown', () => {
    const log: string[] = []
    const logOnce = new LogOnce()
    logOnce.useLogger(loggerInto(log))
    expect(logOnce.guard('counting', () => 7)).toBe(7)
    const fails = (): never => {
      throw new Error('no such stream')
    }
    expect(logOnce.guard('counting', fails)).toBeUndefined()
    expect(log).toEqual(['warn counting failed: Error: no such stream'])
  })
})
