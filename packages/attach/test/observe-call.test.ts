import { observeCall } from '@tidegauge/attach'
import { describe, expect, it, onTestFinished } from 'vitest'

function observe() {
  const observed: unknown[] = []
  return {
    observed,
    observer: {
      returned: (value: unknown) => void observed.push(value),
      failed: (error: unknown) => void observed.push(['failed', error]),
    },
  }
}

describe('the outcome of a call', () => {
  it('is observed at once when it is not a promise, and returned unchanged', () => {
    const { observed, observer } = observe()
    const result = { a: 1 }
    expect(observeCall(() => result, observer)).toBe(result)
    expect(observed).toEqual([result])
  })

  it('is observed with its error and thrown on when the call throws', () => {
    const { observed, observer } = observe()
    const error = new Error('no')
    const fails = (): never => {
      throw error
    }
    expect(() => observeCall(fails, observer)).toThrow('no')
    expect(observed).toEqual([['failed', error]])
  })

  it('is observed before the caller sees it when it is a promise, a rejection with its error', async () => {
    const { observed, observer } = observe()
    expect(await observeCall(() => Promise.resolve(7), observer)).toBe(7)
    const error = new Error('no')
    await expect(observeCall(() => Promise.reject(error), observer)).rejects.toThrow(error)
    expect(observed).toEqual([7, ['failed', error]])
  })

  it('leaves a rejection that nobody handles unhandled', async () => {
    const unhandled: unknown[] = []
    const others = process.listeners('unhandledRejection')
    process.removeAllListeners('unhandledRejection')
    const note = (reason: unknown): void => void unhandled.push(reason)
    process.on('unhandledRejection', note)
    onTestFinished(() => {
      process.off('unhandledRejection', note)
      for (const other of others) process.on('unhandledRejection', other)
    })
    const error = new Error('nobody cares')
    void observeCall(() => Promise.reject(error), observe().observer)
    await expect.poll(() => unhandled).toEqual([error])
  })
})
