import { replaceMethod, UndoList } from '@tidegauge/attach'
import { describe, expect, it } from 'vitest'

describe('a list of changes', () => {
  it('reverts them in reverse order, once', () => {
    const order: number[] = []
    const list = new UndoList()
    for (const step of [1, 2, 3]) list.add(() => order.push(step))
    list.run()
    list.run()
    expect(order).toEqual([3, 2, 1])
  })

  it('reverts the rest when one of them throws', () => {
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

describe('a replaced method', () => {
  it('is removed again, so that the class’s is used', () => {
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

  it('leaves a method that other code has set since', () => {
    const source = { read: () => 'theirs' }
    const undo = replaceMethod(source, 'read', () => 'ours')
    const later = (): string => 'later'
    source.read = later
    undo()
    expect(source.read).toBe(later)
  })
})
