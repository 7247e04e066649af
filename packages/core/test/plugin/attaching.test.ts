import { Notices, replaceMethod, UndoList, type Logger } from '@tidegauge/core'
import { describe, expect, it } from 'vitest'

function recorded(): { log: string[]; logger: Logger } {
  const log: string[] = []
  const at = (level: string) => (message: string) => void log.push(`${level} ${message}`)
  return { log, logger: { debug: at('debug'), info: at('info'), warn: at('warn'), error: at('error') } }
}

describe('a list of what was attached', () => {
  it('takes everything back in the reverse order, once', () => {
    const order: number[] = []
    const list = new UndoList()
    for (const step of [1, 2, 3]) list.add(() => order.push(step))
    list.run()
    list.run()
    expect(order).toEqual([3, 2, 1])
  })

  it('takes the rest back when one of them throws', () => {
    const order: number[] = []
    const list = new UndoList()
    list.add(() => order.push(1))
    list.add(() => {
      throw new Error('gone already')
    })
    list.run()
    expect(order).toEqual([1])
  })
})

describe('a method put on one object', () => {
  it('is taken off again, so that the class’s shows', () => {
    class Source {
      read(): string {
        return 'theirs'
      }
    }
    const source = new Source()
    const undo = replaceMethod(source, 'read', () => 'ours')
    expect(source.read()).toBe('ours')
    expect(Object.keys(source)).toEqual([])
    undo()
    expect(source.read()).toBe('theirs')
    expect(Object.hasOwn(source, 'read')).toBe(false)
  })

  it('gives the object its own one back, as it was declared', () => {
    const read = (): string => 'theirs'
    const source = { read }
    const undo = replaceMethod(source, 'read', () => 'ours')
    undo()
    expect(Object.getOwnPropertyDescriptor(source, 'read')).toEqual({
      value: read,
      writable: true,
      enumerable: true,
      configurable: true,
    })
  })

  it('stays below what somebody has put over it since', () => {
    const source = { read: () => 'theirs' }
    const undo = replaceMethod(source, 'read', () => 'ours')
    const later = (): string => 'later'
    source.read = later
    undo()
    expect(source.read).toBe(later)
  })
})

describe('notices', () => {
  it('tell each thing once, and keep until there is a logger what comes before it', () => {
    const { log, logger } = recorded()
    const notices = new Notices()
    notices.warn('a', 'first')
    notices.warn('a', 'again')
    expect(log).toEqual([])
    notices.speakTo(logger)
    notices.info('b', 'second')
    notices.warn('a', 'again')
    expect(log).toEqual(['warn first', 'info second'])
  })

  it('guard work in the middle of somebody else’s: what it throws is told, not thrown', () => {
    const { log, logger } = recorded()
    const notices = new Notices()
    notices.speakTo(logger)
    expect(notices.guard('counting', () => 7)).toBe(7)
    const fails = (): never => {
      throw new Error('no such stream')
    }
    expect(notices.guard('counting', fails)).toBeUndefined()
    expect(log).toEqual(['warn counting failed: Error: no such stream'])
  })
})
