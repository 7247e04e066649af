import { defineInstruments } from '@tidegauge/core'
import { DgramSocket } from 'node-unix-socket'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { afterAll, describe, expect, it, onTestFinished } from 'vitest'
import { startTransport } from '../support/start-transport.js'

const folder = mkdtempSync(join(tmpdir(), 'tidegauge-statsd-'))
afterAll(() => rmSync(folder, { recursive: true }))

const table = defineInstruments({
  hits: { kind: 'counter', name: 'hits', help: 'Hits.', labels: { route: {} }, seriesLimit: 10_000 },
})

const start = (path: string) => startTransport(table, { statsd: { protocol: 'unix', path } })

function listen(path: string): string[] {
  const datagrams: string[] = []
  const socket = new DgramSocket()
  socket.on('data', (bytes: Buffer) => datagrams.push(bytes.toString()))
  socket.bind(path)
  onTestFinished(() => socket.close())
  return datagrams
}

describe('a Unix socket', () => {
  it('receives datagrams of up to 8,192 bytes', async () => {
    const path = join(folder, 'a.sock')
    const datagrams = listen(path)
    const { tidegauge, instruments, transport } = await start(path)
    for (let i = 0; i < 1_000; i++) instruments.hits.inc({ route: `/${i}` }, i + 1)
    await tidegauge.flush()
    const expected = Array.from({ length: 1_000 }, (_, i) => `hits:${i + 1}|c|#route:/${i}`)
    await expect.poll(() => datagrams.flatMap((text) => text.split('\n'))).toEqual(expected)
    const lengths = datagrams.map((text) => text.length)
    expect(Math.max(...lengths)).toBeLessThanOrEqual(8_192)
    expect(Math.min(...lengths.slice(0, -1))).toBeGreaterThan(8_100)
    expect(transport.describe!()).toMatchObject({ target: `unix://${path}`, lines: '1000' })
  })

  it('without a receiver loses nothing, and sends everything when one comes', async () => {
    const path = join(folder, 'b.sock')
    const { tidegauge, instruments, health } = await start(path)
    instruments.hits.inc({ route: 'a' }, 3)
    await tidegauge.flush()
    expect(health()).toMatchObject({
      state: 'down',
      lastError: expect.stringContaining('No such file or directory'),
    })
    const datagrams = listen(path)
    await tidegauge.flush()
    await expect.poll(() => datagrams).toEqual(['hits:3|c|#route:a'])
    expect(health()).toMatchObject({ state: 'up' })
  })

  it('sends the rest later when the receiver has no room, and nothing twice', async () => {
    const { path, read, lines } = await openSlowReader('c.sock')
    const { tidegauge, instruments, transport, health } = await start(path)
    for (let i = 0; i < 9_000; i++) instruments.hits.inc({ route: `/${i}` }, 1)
    await tidegauge.flush()
    expect(health()).toMatchObject({
      state: 'down',
      lastError: expect.stringContaining('has had no room for 500 ms'),
    })
    expect(Number(transport.describe!()['lines'])).toBeLessThan(9_000)
    read()
    await expect
      .poll(() => tidegauge.flush().then(() => tidegauge.health().healthy), { timeout: 10_000 })
      .toBe(true)
    await expect.poll(() => lines().length, { timeout: 10_000 }).toBe(9_000)
    expect(new Set(lines()).size).toBe(9_000)
  })

  it('sends everything with one flush when the receiver makes room in time, and nothing twice', async () => {
    const { path, read, lines } = await openSlowReader('e.sock')
    const { tidegauge, instruments, transport } = await start(path)
    for (let i = 0; i < 9_000; i++) instruments.hits.inc({ route: `/${i}` }, 1)
    const flush = tidegauge.flush()
    const sent = () => Number(transport.describe!()['lines'])
    await expect.poll(sent).toBeGreaterThan(0)
    // it has retried a few times by now
    setTimeout(read, 150)
    await flush
    expect([tidegauge.health().healthy, sent()]).toEqual([true, 9_000])
    await expect.poll(() => lines().length, { timeout: 10_000 }).toBe(9_000)
    expect(new Set(lines()).size).toBe(9_000)
  })

  it('is closed between flushes, so that it does not keep the process alive', async () => {
    const path = join(folder, 'd.sock')
    const datagrams = listen(path)
    const { tidegauge, instruments } = await start(path)
    instruments.hits.inc({ route: 'a' })
    const before = process.getActiveResourcesInfo().length
    await tidegauge.flush()
    await expect.poll(() => datagrams.length).toBe(1)
    await expect.poll(() => process.getActiveResourcesInfo().length).toBeLessThanOrEqual(before)
  })
})

/** A process that reads nothing before `read()`. */
async function openSlowReader(name: string) {
  const path = join(folder, name)
  const reader = spawn(process.execPath, ['-e', slowReader, path], { stdio: ['pipe', 'pipe', 'inherit'] })
  onTestFinished(() => void reader.kill('SIGKILL'))
  await once(reader.stdout, 'data')
  let text = ''
  reader.stdout.on('data', (bytes: Buffer) => (text += bytes.toString()))
  return {
    path,
    read: () => void reader.stdin.write('read\n'),
    lines: () => text.trim().split('\n'),
  }
}

/** Binds, reports it, and blocks until it gets a line. */
const slowReader = `
const { DgramSocket } = require('node-unix-socket')
const socket = new DgramSocket()
socket.on('data', (bytes) => process.stdout.write(bytes + '\\n'))
socket.bind(process.argv[1])
require('fs').writeSync(1, 'up')
require('fs').readSync(0, Buffer.alloc(10))
`
