import { expect, test } from 'vitest'
import { FlushQueue } from '../../src/host/flush-queue.js'

function createFlush() {
  const finish: (() => void)[] = []
  return { finish, flush: () => new Promise<void>((resolve) => finish.push(resolve)) }
}

test('who asks while a flush runs gets one that starts after it, shared by all', async () => {
  const queue = new FlushQueue()
  const { finish, flush } = createFlush()
  const first = queue.run(flush)
  const [second, third] = [queue.run(flush), queue.run(flush)]
  expect([finish.length, second === third]).toEqual([1, true])
  finish[0]()
  await first
  await expect.poll(() => finish.length).toBe(2)
  finish[1]()
  await second
  const fourth = queue.run(flush)
  finish[2]()
  await fourth
})

test('a flush that is asked for from inside of one starts no other', async () => {
  const queue = new FlushQueue()
  let flushes = 0
  await queue.run(async () => {
    flushes++
    await queue.run(async () => void flushes++)
  })
  expect(flushes).toBe(1)
})
