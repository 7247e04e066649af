import { LogOnce, type Logger } from '@tidegauge/core'
import { describe, expect, it } from 'vitest'

function recorded(): { log: string[]; logger: Logger } {
  const log: string[] = []
  const at = (level: string) => (message: string) => void log.push(`${level} ${message}`)
  return { log, logger: { debug: at('debug'), info: at('info'), warn: at('warn'), error: at('error') } }
}

describe('a log of things to say once', () => {
  it('logs each message once, and keeps those that come before the logger', () => {
    const { log, logger } = recorded()
    const logOnce = new LogOnce()
    logOnce.warn('a', 'first')
    logOnce.warn('a', 'again')
    expect(log).toEqual([])
    logOnce.useLogger(logger)
    logOnce.info('b', 'second')
    logOnce.warn('a', 'again')
    expect(log).toEqual(['warn first', 'info second'])
  })

  it('guards work inside other code: what it throws is logged, not thrown', () => {
    const { log, logger } = recorded()
    const logOnce = new LogOnce()
    logOnce.useLogger(logger)
    expect(logOnce.guard('counting', () => 7)).toBe(7)
    const fails = (): never => {
      throw new Error('no such stream')
    }
    expect(logOnce.guard('counting', fails)).toBeUndefined()
    expect(log).toEqual(['warn counting failed: Error: no such stream'])
  })
})
