import type { Logger } from '@tidegauge/core'
import { silentLogger } from '@tidegauge/core'
import { describe, expect, test } from 'vitest'
import { loggerInto } from '@tidegauge/testkit'
import { prefixLogger } from '../src/logger.js'

const levels: (keyof Logger)[] = ['debug', 'info', 'warn', 'error']

describe('a logger with a prefix', () => {
  test('passes each level on, with the prefix', () => {
    const log: string[] = []
    for (const level of levels) prefixLogger(loggerInto(log), 'x: ')[level]('y')
    expect(log).toEqual(['debug x: y', 'info x: y', 'warn x: y', 'error x: y'])
  })

  test('keeps one event on one line, without escape sequences', () => {
    const log: string[] = []
    prefixLogger(loggerInto(log), '').info('a\r\nINFO forged\u001B[31m\u0000\u2028\u0085b')
    expect(log).toEqual(['info a INFO forged [31m b'])
  })

  test('calls methods on the logger that they belong to', () => {
    class Counting implements Logger {
      #calls = 0
      debug = () => void this.#calls++
      info(): void {
        this.#calls++
      }
      warn(): void {
        this.#calls++
      }
      error(): void {
        this.#calls++
      }
      get calls(): number {
        return this.#calls
      }
    }
    const logger = new Counting()
    for (const level of levels) prefixLogger(logger, '')[level]('x')
    expect(logger.calls).toBe(4)
  })

  test('swallows what a broken logger throws', () => {
    const fail = () => {
      throw new Error('disk full')
    }
    const logger = prefixLogger({ debug: fail, info: fail, warn: fail, error: fail }, '')
    for (const level of levels) expect(() => logger[level]('x')).not.toThrow()
  })

  test('takes no time for a long hostile message', () => {
    const startedAt = performance.now()
    prefixLogger(silentLogger, '').info('\n'.repeat(65_536) + '\u2028x'.repeat(32_768))
    expect(performance.now() - startedAt).toBeLessThan(500)
  })
})
