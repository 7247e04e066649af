import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { createTidegauge } from '@tidegauge/core'
import { leftOpen, openResources } from '@tidegauge/testkit'
import { describe, expect, test } from 'vitest'
import { prometheus } from '../../src/index.js'
import { collecting, startPages } from '../support/start-pages.js'

describe('its own server', () => {
  test('listens on loopback, and has the URL', async () => {
    const transport = prometheus({ port: 0 })
    const host = createTidegauge().export(transport)
    expect(transport.url).toBeUndefined()
    await host.start()
    expect(transport.url).toMatch(/^http:\/\/127\.0\.0\.1:\d+\/metrics$/)
    expect(host.describe().transports).toMatchObject([
      { name: 'prometheus', details: { url: transport.url } },
    ])
    await host.stop()
    expect(transport.url).toBeUndefined()
  })

  test('fails the start with one clear error when the port is in use, and leaves nothing open', async () => {
    const taken = createServer()
    await new Promise<void>((resolve) => taken.listen(0, '127.0.0.1', resolve))
    const { port } = taken.address() as AddressInfo
    const before = openResources()
    let stopped = 0
    const plugin = { name: 'app', version: '0.0.0', apiLevel: 1, instruments: {}, stop: () => void stopped++ }
    const host = createTidegauge()
      .use(plugin)
      .export(prometheus({ port: 0, name: 'first' }))
      .export(prometheus({ port }))
    await expect(host.start()).rejects.toMatchObject({
      code: 'LIFECYCLE_LISTEN_FAILED',
      message: expect.stringMatching(
        new RegExp(`could not listen on 127\\.0\\.0\\.1:${port} \\(EADDRINUSE\\); .*choose another`),
      ),
    })
    expect(stopped).toBe(1)
    expect(host.state).toBe('stopped')
    expect(await leftOpen(before)).toEqual([])
    taken.close()
  })

  test('breaks active scrapes when the host’s time to stop is over', async () => {
    let isSlow = false
    const slow = collecting(() => (isSlow ? new Promise(() => {}) : undefined))
    const { get, tidegauge } = await startPages(slow, { host: { stopTimeoutMs: 300 } })
    isSlow = true
    const scrape = get().catch(() => performance.now())
    await new Promise((resolve) => setTimeout(resolve, 50))
    const stoppedMs = performance.now()
    await tidegauge.stop()
    expect(Number(await scrape) - stoppedMs).toBeLessThan(900)
  })

  test('names an address that this machine does not have', async () => {
    const host = createTidegauge().export(prometheus({ host: '192.0.2.1', port: 0 }))
    await expect(host.start()).rejects.toMatchObject({
      code: 'LIFECYCLE_LISTEN_FAILED',
      message: expect.stringContaining('EADDRNOTAVAIL'),
    })
  })
})
