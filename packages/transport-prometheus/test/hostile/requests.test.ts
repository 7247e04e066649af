/** Invalid requests: each is answered or its connection closed, and the next scrape succeeds. */
import { randomBytes } from 'node:crypto'
import { Agent } from 'node:http'
import { connect } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import { describe, expect, onTestFinished, test } from 'vitest'
import { ask, sendRaw } from '../security/support/ask.js'
import { collecting, startPages, type PagesOptions } from '../support/start-pages.js'

const table = {
  hits: { kind: 'counter', name: 'hits_total', help: 'Hits' },
  level: { kind: 'gauge', name: 'level', help: 'Level', labels: { n: {} }, seriesLimit: 1e6 },
} as const

async function start(options: PagesOptions = {}) {
  const host = await startPages(table, options)
  const healthy = async () => {
    const { status, text } = await ask(`${host.origin}/metrics`)
    expect({ status, isWhole: text.includes('hits_total 0') }).toEqual({ status: 200, isWhole: true })
  }
  return { ...host, healthy }
}
const statusOf = (answer: string) => Number(/^HTTP\/1\.1 (\d{3})/.exec(answer)?.[1])

// targets and hosts that throw or mislead when a URL is made of them
const pairs: [string, string, number[]][] = [
  ['http://', 'x', [400]],
  ['http:///', 'x', [200]],
  ['//', 'x', [404]],
  ['//[', 'x', [404]],
  ['/metrics', '[', [200]],
  ['/metrics', 'a b', [200]],
  ['/metrics', '', [200]],
  ['/metrics', 'x:99999', [200]],
  ['/%', '%', [404]],
  ['*', 'x', [400]],
  ['?', 'x', [400]],
  ['metrics', 'x', [400]],
  ['http://[::1/metrics', 'x', [200]],
  ['http://evil.example@x/metrics', 'x', [200]],
  ['/../../etc/passwd', 'x', [404]],
  ['/metrics%00', 'x', [404]],
  ['/%2e%2e/metrics', 'x', [404]],
  ['file:///etc/passwd', 'x', [400]],
  ['/\\evil.example/metrics', 'x', [404]],
  ['/metrics#x', 'x', [400]],
]

describe('an invalid request', () => {
  test.each(pairs)('with target %j and Host %j is answered with %j', async (target, hostHeader, statuses) => {
    const { port, healthy } = await start()
    const answer = await sendRaw(
      port,
      `GET ${target} HTTP/1.1\r\nHost: ${hostHeader}\r\nConnection: close\r\n\r\n`,
    )
    expect(statuses, answer).toContain(statusOf(answer))
    expect(answer).not.toContain('evil')
    expect(answer).not.toMatch(/^location:/im)
    await healthy()
  })

  test.each([
    ['OPTIONS *', 'OPTIONS * HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n', [400, 405]],
    ['CONNECT', 'CONNECT evil.example:443 HTTP/1.1\r\nHost: x\r\n\r\n', [405]],
    [
      'an upgrade',
      'GET /metrics HTTP/1.1\r\nHost: x\r\nConnection: upgrade, close\r\nUpgrade: websocket\r\n\r\n',
      [200],
    ],
    ['HTTP/2 without TLS', 'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n', [400]],
    ['no Host', 'GET /metrics HTTP/1.1\r\nConnection: close\r\n\r\n', [400]],
    ['HTTP/1.0', 'GET /metrics HTTP/1.0\r\n\r\n', [200]],
    ['HTTP/0.9', 'GET /metrics\r\n\r\n', [200, 400]],
    ['an unknown method', 'SCRAPE /metrics HTTP/1.1\r\nHost: x\r\n\r\n', [400]],
    ['POST', 'POST /metrics HTTP/1.1\r\nHost: x\r\nContent-Length: 3\r\nConnection: close\r\n\r\nabc', [405]],
    ['TRACE', 'TRACE /metrics HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n', [405]],
    ['a header of 64 kB', `GET /metrics HTTP/1.1\r\nHost: x\r\nX-Long: ${'a'.repeat(65_536)}\r\n\r\n`, [431]],
    ['a target of 64 kB', `GET /${'a'.repeat(65_536)} HTTP/1.1\r\nHost: x\r\n\r\n`, [431]],
    [
      '2,000 headers',
      `GET /metrics HTTP/1.1\r\nHost: x\r\nConnection: close\r\n${'a:b\r\n'.repeat(2_000)}\r\n`,
      [431],
    ],
    [
      '101 headers',
      `GET /metrics HTTP/1.1\r\nHost: x\r\nConnection: close\r\n${'a:b\r\n'.repeat(99)}\r\n`,
      [431],
    ],
    [
      '100 headers',
      `GET /metrics HTTP/1.1\r\nHost: x\r\nConnection: close\r\n${'a:b\r\n'.repeat(98)}\r\n`,
      [200],
    ],
    [
      'bad chunks',
      'POST /metrics HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n',
      [400, 405],
    ],
    [
      'two lengths',
      'GET /metrics HTTP/1.1\r\nHost: x\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n',
      [400],
    ],
    [
      'a length and chunks',
      'GET /metrics HTTP/1.1\r\nHost: x\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n',
      [400],
    ],
    ['a NUL in a header', 'GET /metrics HTTP/1.1\r\nHost: x\r\nX: a\0b\r\n\r\n', [400]],
    [
      'a folded header',
      'GET /metrics HTTP/1.1\r\nHost: x\r\nX: a\r\n b\r\nConnection: close\r\n\r\n',
      [200, 400],
    ],
    ['a TLS greeting', Buffer.from('16030100a5010000a10303', 'hex'), [400]],
  ])('%s: is answered, and the next scrape succeeds', async (_, bytes, statuses) => {
    const { port, healthy } = await start()
    const answer = await sendRaw(port, bytes)
    expect(statuses, answer.slice(0, 200)).toContain(statusOf(answer))
    await healthy()
  })

  test('of random bytes never ends the process or affects a scrape', async () => {
    const { port, healthy } = await start()
    const count = process.env['TIDEGAUGE_LONG'] === '1' ? 1_000_000 : 4_000
    const starts = [
      '',
      'GET ',
      'GET /metrics HTTP/1.1\r\n',
      'GET /metrics HTTP/1.1\r\nHost: x\r\n',
      'POST /metrics HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n',
    ]
    for (let i = 0; i < count; i += 20) {
      await Promise.all(
        Array.from({ length: 20 }, (_, k) => {
          const noise = randomBytes(1 + ((i * 7 + k * 13) % 250))
          return sendRaw(
            port,
            Buffer.concat([Buffer.from(starts[(i + k) % starts.length]), noise, Buffer.from('\r\n\r\n')]),
            40,
          )
        }),
      )
    }
    await healthy()
  }, 900_000)

  test('never gets into the log', async () => {
    const { port, log } = await start()
    const evil = 'canary\u001b[31m'
    await sendRaw(
      port,
      `GET /${evil} HTTP/1.1\r\nHost: ${evil}\r\nAuthorization: Basic ${evil}\r\nConnection: close\r\n\r\n`,
    )
    await sendRaw(
      port,
      `GET /metrics?name[]=${evil}&plugin[]=canary%0a HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n`,
    )
    expect(log.filter((line) => line.includes('canary'))).toEqual([])
  })
})

describe('a slow or broken client', () => {
  const fast = { headersTimeoutMs: 300, requestTimeoutMs: 600, clientTimeoutMs: 400 }

  test.each([
    ['sends nothing', '', 408],
    ['stops within its headers', 'GET /metrics HTTP/1.1\r\nHost: x\r\nX-', 408],
    ['stops within its body', 'GET /metrics HTTP/1.1\r\nHost: x\r\nContent-Length: 10\r\n\r\nabc', undefined],
  ])('that %s gets a timeout', async (_, bytes, status) => {
    const { port, healthy } = await start({ prometheus: { limits: fast } })
    const from = performance.now()
    const answer = await sendRaw(port, bytes, 5_000)
    expect(performance.now() - from).toBeLessThan(2_500)
    if (status !== undefined) expect(statusOf(answer)).toBe(status)
    await healthy()
  })

  test('that closes its side, also in the middle of its request, is handled', async () => {
    const { port, healthy, tidegauge } = await start({ host: { selfMetrics: 'on' } })
    for (const bytes of ['GET /met', 'GET /metrics HTTP/1.1\r\nHost: x\r\n\r\n']) {
      const half = connect({ port, host: '127.0.0.1', allowHalfOpen: true })
      half.on('error', () => {})
      half.resume()
      await new Promise((resolve) => half.once('connect', resolve))
      const closed = new Promise((resolve) => half.once('end', resolve))
      half.end(bytes)
      await closed
      half.destroy()
    }
    await healthy()
    await tidegauge.stop()
  })

  test('that never reads is disconnected, and one that reads slowly gets everything', async () => {
    const { port, instruments, healthy, get } = await start({
      prometheus: { limits: { clientTimeoutMs: 600 } },
      host: { selfMetrics: 'on' },
    })
    for (let i = 0; i < 200_000; i++) instruments.level.set({ n: `a series with a number ${i}` }, i)
    const silent = connect(port, '127.0.0.1')
    silent.on('error', () => {})
    silent.pause()
    silent.write('GET /metrics HTTP/1.1\r\nHost: x\r\n\r\n')
    onTestFinished(() => void silent.destroy())
    // the client itself would only notice when it reads
    const aborted = async () =>
      (await get('/metrics?plugin[]=tidegauge')).text.includes('outcome="aborted"} 1\n')
    let slowBytes = 0
    let tail = ''
    const slow = connect({ port, host: '127.0.0.1' })
    slow.write('GET /metrics HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n')
    const closed = new Promise<void>((resolve) => slow.once('close', () => resolve()))
    slow.on('data', (data) => {
      slowBytes += data.length
      tail = String(data.subarray(-5))
      slow.pause()
      setTimeout(() => slow.resume(), 8)
    })
    await expect.poll(aborted, { timeout: 2_500 }).toBe(true)
    const from = performance.now()
    await closed
    console.log(
      `read ${(slowBytes / 1e6).toFixed(1)} MB slowly in ${(performance.now() - from).toFixed(0)} ms more`,
    )
    expect(tail).toBe('0\r\n\r\n')
    await healthy()
  }, 60_000)

  test.each([
    ['scrapes', '/metrics', {}],
    ['unknown pages', '/nothing', {}],
    ['pages that it may not read', '/metrics', { bearerTokens: ['t'] }],
    ['invalid targets', '*', {}],
  ])('that requests many %s at once and reads no answer is disconnected', async (_, target, more) => {
    const { port, instruments } = await start({ prometheus: { limits: { clientTimeoutMs: 400 }, ...more } })
    for (let i = 0; i < 2_000; i++) instruments.level.set({ n: `a series with a number ${i}` }, i)
    const socket = connect(port, '127.0.0.1')
    socket.on('error', () => {})
    socket.pause()
    const closed = new Promise((resolve) => socket.once('close', resolve))
    const requests = `GET ${target} HTTP/1.1\r\nHost: x\r\n\r\n`.repeat(500)
    let sent = 0
    const flood = setInterval(() => {
      // only as much as the server reads
      if (socket.writableLength < 1e6) sent += Number(socket.write(requests)) * 500
    }, 2)
    onTestFinished(() => clearInterval(flood))
    onTestFinished(() => void socket.destroy())
    expect(
      await Promise.race([closed.then(() => 'disconnected'), sleep(8_000, 'still connected')]),
      String(sent),
    ).toBe('disconnected')
  })
})

describe('limits', () => {
  test('for a new connection, one without a request is closed, and then the one that was idle for the longest', async () => {
    const { port, healthy, origin } = await start({ prometheus: { limits: { maxConnections: 4 } } })
    const open = new Set<string>()
    const hold = (name: string, bytes: string) =>
      new Promise<void>((resolve) => {
        const socket = connect(port, '127.0.0.1')
        open.add(name)
        socket.on('error', () => {})
        socket.on('close', () => open.delete(name))
        onTestFinished(() => void socket.destroy())
        socket.once('connect', () => socket.write(bytes))
        if (bytes === '') setTimeout(resolve, 50)
        else socket.once('data', () => setTimeout(resolve, 50))
      })
    await hold('kept', 'GET /-/healthy HTTP/1.1\r\nHost: x\r\n\r\n')
    await hold('kept later', 'GET /-/healthy HTTP/1.1\r\nHost: x\r\n\r\n')
    for (const name of ['silent 1', 'silent 2', 'silent 3', 'silent 4']) await hold(name, '')
    expect([...open]).toEqual(['kept', 'kept later', 'silent 3', 'silent 4'])
    await healthy()
    await sleep(50)
    expect([...open]).toEqual(['kept', 'kept later', 'silent 4'])
    await hold('third', 'GET /-/healthy HTTP/1.1\r\nHost: x\r\n\r\n')
    await hold('fourth', 'GET /-/healthy HTTP/1.1\r\nHost: x\r\n\r\n')
    await hold('fifth', 'GET /-/healthy HTTP/1.1\r\nHost: x\r\n\r\n')
    expect([...open]).toEqual(['kept later', 'third', 'fourth', 'fifth'])
    expect((await ask(`${origin}/-/healthy`)).status).toBe(200)
  })

  test('scrapes beyond the limit wait for others to finish, then get 503 and Retry-After', async () => {
    let release = () => {}
    const held = new Promise<void>((resolve) => (release = resolve))
    let isSlow = false
    const { origin, healthy, tidegauge } = await start({ prometheus: { limits: { maxScrapes: 2 } } })
    const slow = collecting(() => (isSlow ? held : undefined), { name: 'slow' })
    await tidegauge.use(slow, { intervalMs: 0, maxAgeMs: 0, timeoutMs: 20_000 }).start()
    isSlow = true
    const first = [ask(`${origin}/metrics`), ask(`${origin}/metrics`)]
    await sleep(100)
    const refused = await ask(`${origin}/metrics`)
    expect(refused.status).toBe(503)
    expect(refused.headers['retry-after']).toBe('1')
    expect((await ask(`${origin}/-/healthy`)).status).toBe(200)
    const waiting = ask(`${origin}/metrics`)
    await sleep(100)
    release()
    for (const one of [...first, waiting]) expect((await one).status).toBe(200)
    await healthy()
  })

  test('a scraper’s connection stays open between scrapes', async () => {
    const { origin } = await start({
      prometheus: { limits: { headersTimeoutMs: 200, requestTimeoutMs: 200, clientTimeoutMs: 200 } },
    })
    const agent = new Agent({ keepAlive: true, maxSockets: 1 })
    onTestFinished(() => agent.destroy())
    const ports = new Set<number | undefined>()
    for (let i = 0; i < 3; i++) {
      const { status, headers } = await ask(`${origin}/metrics`, { agent })
      expect(status).toBe(200)
      expect(headers['keep-alive']).toBe('timeout=65')
      const [socket] = Object.values(agent.freeSockets).flat()
      if (socket !== undefined) ports.add(socket.localPort)
      await sleep(1_500)
    }
    expect(ports.size).toBe(1)
  })
})
