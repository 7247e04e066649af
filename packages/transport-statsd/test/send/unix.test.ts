import { defineInstruments } from '@tidegauge/core'
import { DgramSocket } from 'node-unix-socket'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { afterAll, describe, expect, it, onTestFinished } from 'vitest'
import { runHost } from '../support/run-host.js'

const folder = mkdtempSync(join(tmpdir(), 'tidegauge-statsd-'))
afterAll(() => rmSync(folder, { recursive: true }))

const table = defineInstruments({
  hits: { kind: 'counter', name: 'hits', help: 'Hits.', labels: { route: {} }, seriesLimit: 10_000 },
})

const run = (path: string) => runHost(table, { statsd: { protocol: 'unix', path } })

function listen(path: string): string[] {
  const datagrams: string[] = []
  const socket = new DgramSocket()
  socket.on('data', (bytes: Buffer) => datagrams.push(bytes.toString()))
  socket.bind(path)
  onTestFinished(() => socket.close())
  return datagrams
}

describe('a Unix socket', () => {
  it('gets datagrams of up to 8,192 bytes', async () => {
    const path = join(folder, 'a.sock')
    const datagrams = listen(path)
    const { host, instruments, transport } = await run(path)
    for (let i = 0; i < 1_000; i++) instruments.hits.inc({ route: `/${i}` }, i + 1)
    await host.flush()
    const expected = Array.from({ length: 1_000 }, (_, i) => `hits:${i + 1}|c|#route:/${i}`)
    await expect.poll(() => datagrams.flatMap((text) => text.split('\n'))).toEqual(expected)
    const lengths = datagrams.map((text) => text.length)
    expect(Math.max(...lengths)).toBeLessThanOrEqual(8_192)
    expect(Math.min(...lengths.slice(0, -1))).toBeGreaterThan(8_100)
    expect(transport.describe!()).toMatchObject({ target: `unix://${path}`, lines: '1000' })
  })

  it('that is not there, or comes later, costs nothing', async () => {
    const path = join(folder, 'b.sock')
    const { host, instruments } = await run(path)
    instruments.hits.inc({ route: 'a' }, 3)
    await host.flush()
    expect(host.health().transports).toMatchObject([
      { state: 'down', lastError: expect.stringContaining('No such file or directory') },
    ])
    const datagrams = listen(path)
    await host.flush()
    await expect.poll(() => datagrams).toEqual(['hits:3|c|#route:a'])
    expect(host.health().transports).toMatchObject([{ state: 'up' }])
  })

  it('whose receiver has no room gets the rest later, and nothing twice', async () => {
    const { path, read, lines } = await openSlowReader('c.sock')
    const { host, instruments, transport } = await run(path)
    for (let i = 0; i < 9_000; i++) instruments.hits.inc({ route: `/${i}` }, 1)
    await host.flush()
    expect(host.health().transports).toMatchObject([
      { state: 'down', lastError: expect.stringContaining('has had no room for 500 ms') },
    ])
    expect(Number(transport.describe!()['lines'])).toBeLessThan(9_000)
    read()
    await expect.poll(() => host.flush().then(() => host.health().healthy), { timeout: 10_000 }).toBe(true)
    await expect.poll(() => lines().length, { timeout: 10_000 }).toBe(9_000)
    expect(new Set(lines()).size).toBe(9_000)
  })

  it('whose receiver makes room in time gets everything with one flush, and nothing twice', async () => {
    const { path, read, lines } = await openSlowReader('e.sock')
    const { host, instruments, transport } = await run(path)
    for (let i = 0; i < 9_000; i++) instruments.hits.inc({ route: `/${i}` }, 1)
    const flush = host.flush()
    const sent = () => Number(transport.describe!()['lines'])
    await expect.poll(sent).toBeGreaterThan(0)
    // it has tried a few times by now
    setTimeout(read, 150)
    await flush
    expect([host.health().healthy, sent()]).toEqual([true, 9_000])
    await expect.poll(() => lines().length, { timeout: 10_000 }).toBe(9_000)
    expect(new Set(lines()).size).toBe(9_000)
  })

  it('is closed between flushes, so that it does not keep the process alive', async () => {
    const path = join(folder, 'd.sock')
    const datagrams = listen(path)
    const { host, instruments } = await run(path)
    instruments.hits.inc({ route: 'a' })
    const before = process.getActiveResourcesInfo().length
    await host.flush()
    await expect.poll(() => datagrams.length).toBe(1)
    await expect.poll(() => process.getActiveResourcesInfo().length).toBeLessThanOrEqual(before)
  })
})

/** A process that reads nothing before it is told to. */
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

/** Binds, says so, and stands still before it is told to read. */
const slowReader = `
const { DgramSocket } = require('node-unix-socket')
const socket = new DgramSocket()
socket.on('data', (bytes) => process.stdout.write(bytes + '\\n'))
socket.bind(process.argv[1])
require('fs').writeSync(1, 'up')
require('fs').readSync(0, Buffer.alloc(10))
`
