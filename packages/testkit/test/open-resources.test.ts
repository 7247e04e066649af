import { createServer } from 'node:net'
import { leftOpen, openResources } from '@tidegauge/testkit'
import { describe, expect, test } from 'vitest'

describe('open resources', () => {
  test('are found while they are open, and gone when they are closed', async () => {
    const before = openResources()
    const server = createServer()
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    const timers = [setTimeout(() => {}, 60_000), setTimeout(() => {}, 60_000)]
    const left = await leftOpen(before, 0)
    expect(left.some((kind) => kind.startsWith('TCPServerWrap'))).toBe(true)
    expect(left.some((kind) => kind.startsWith('Timeout'))).toBe(true)
    for (const timer of timers) clearTimeout(timer)
    server.close()
    expect(await leftOpen(before)).toEqual([])
  })

  test('that close by themselves in time are waited for', async () => {
    const before = openResources()
    const timers = [setTimeout(() => {}, 50), setTimeout(() => {}, 60)]
    expect(await leftOpen(before)).toEqual([])
    for (const timer of timers) clearTimeout(timer)
  })
})
