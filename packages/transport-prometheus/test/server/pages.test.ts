import { request } from 'node:http'
import { connect } from 'node:net'
import { gunzipSync } from 'node:zlib'
import { describe, expect, test } from 'vitest'
import { collecting, startPages } from '../support/start-pages.js'

const table = {
  hits: { kind: 'counter', name: 'hits_total', help: 'Hits' },
  level: { kind: 'gauge', name: 'level', help: 'Level' },
} as const

/** What node:http itself sees, without fetch's decoding. */
function raw(url: string, options: { method?: string; headers?: Record<string, string> } = {}) {
  return new Promise<{ status: number; headers: Record<string, unknown>; body: Buffer }>(
    (resolve, reject) => {
      const outgoing = request(url, options, (response) => {
        const chunks: Buffer[] = []
        response.on('data', (chunk) => chunks.push(chunk))
        response.on('end', () =>
          resolve({ status: response.statusCode!, headers: response.headers, body: Buffer.concat(chunks) }),
        )
      })
      outgoing.on('error', reject)
      outgoing.end()
    },
  )
}

describe('the pages', () => {
  test('answer HEAD with the headers of GET and no body, and collect nothing', async () => {
    let passes = 0
    const { origin } = await startPages(collecting(() => passes++))
    const before = passes
    const { status, headers, body } = await raw(`${origin}/metrics`, { method: 'HEAD' })
    expect({ status, type: headers['content-type'], length: body.length }).toEqual({
      status: 200,
      type: 'text/plain; version=0.0.4; charset=utf-8; escaping=underscores',
      length: 0,
    })
    expect(passes).toBe(before)
  })

  test('send a short body with its length and a long one in chunks, so that a cut one can be detected', async () => {
    const many = {
      level: { kind: 'gauge', name: 'level', help: 'h', labels: { n: {} }, seriesLimit: 100_000 },
    } as const
    const { origin, instruments } = await startPages(many)
    instruments.level.set({ n: 'one' }, 1)
    const short = await raw(`${origin}/metrics`)
    expect(short.headers['content-length']).toBe(String(short.body.length))
    for (let i = 0; i < 20_000; i++) instruments.level.set({ n: `series ${i}` }, i)
    const long = await raw(`${origin}/metrics`)
    expect(long.headers['transfer-encoding']).toBe('chunked')
    expect(long.body.toString().split('\n')).toHaveLength(20_004)
  })

  test('compress for clients that accept gzip, to the same bytes', async () => {
    const many = {
      level: { kind: 'gauge', name: 'level', help: 'h', labels: { n: {} }, seriesLimit: 100_000 },
    } as const
    const { origin, instruments } = await startPages(many)
    for (const count of [100, 20_000]) {
      for (let i = 0; i < count; i++) instruments.level.set({ n: `series ${i}` }, i)
      const plain = await raw(`${origin}/metrics`)
      const packed = await raw(`${origin}/metrics`, { headers: { 'accept-encoding': 'gzip' } })
      expect(packed.headers['content-encoding']).toBe('gzip')
      expect(packed.headers['vary']).toBe('Accept, Accept-Encoding')
      expect(gunzipSync(packed.body).equals(plain.body)).toBe(true)
    }
  })

  test('filter by name[] and plugin[]', async () => {
    const other = {
      name: 'other',
      version: '0.0.0',
      apiLevel: 1,
      instruments: { waves: { kind: 'counter', name: 'waves_total', help: 'Waves' } },
    } as const
    const { get, tidegauge } = await startPages(table)
    await tidegauge.use(other).start()
    const names = async (query: string) =>
      [...(await get(`/metrics?${query}`)).text.matchAll(/^# TYPE (\S+)/gm)].map(([, name]) => name)
    expect(await names('')).toEqual(['hits_total', 'level', 'waves_total'])
    expect(await names('name[]=hits_total&name[]=waves_total')).toEqual(['hits_total', 'waves_total'])
    expect(await names('plugin%5B%5D=other')).toEqual(['waves_total'])
    expect(await names('plugin[]=other&name[]=level')).toEqual([])
    expect(await names('name[]=none')).toEqual([])
  })

  test('collect only the plugins that a filter names', async () => {
    const passes = { app: 0, other: 0 }
    const { get, tidegauge } = await startPages(collecting(() => passes.app++))
    const other = collecting(() => passes.other++, { name: 'other' })
    await tidegauge.use(other, { intervalMs: 0, maxAgeMs: 0 }).start()
    const before = { ...passes }
    await get('/metrics?plugin[]=other')
    expect(passes).toEqual({ app: before.app, other: before.other + 1 })
  })

  test('answer 404, 405 and 400, and then the next scrape', async () => {
    const { origin, get } = await startPages(table)
    expect((await get('/nothing')).status).toBe(404)
    expect((await get('/constructor')).status).toBe(404)
    const posted = await raw(`${origin}/metrics`, { method: 'POST' })
    expect(posted).toMatchObject({ status: 405, headers: { allow: 'GET, HEAD' } })
    const { port } = new URL(origin)
    for (const line of ['GET http:// HTTP/1.1', 'GET * HTTP/1.1', 'GET //[ HTTP/1.1', 'OPTIONS * HTTP/1.1']) {
      const answer = await new Promise<string>((resolve) => {
        const socket = connect(Number(port), '127.0.0.1', () =>
          socket.write(`${line}\r\nHost: x\r\nConnection: close\r\n\r\n`),
        )
        let text = ''
        socket.on('data', (data) => (text += String(data)))
        socket.on('close', () => resolve(text))
      })
      expect(answer, line).toMatch(/^HTTP\/1\.1 4\d\d /)
    }
    const absolute = await new Promise<string>((resolve) => {
      const socket = connect(Number(port), '127.0.0.1', () =>
        socket.write('GET http://anything/metrics HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n'),
      )
      let text = ''
      socket.on('data', (data) => (text += String(data)))
      socket.on('close', () => resolve(text))
    })
    expect(absolute).toContain('hits_total 0')
    expect((await get()).status).toBe(200)
  })

  test('report health: 200 while all is up, 503 with the reason when a plugin is down', async () => {
    let broken = false
    const collect = () => {
      if (broken) throw new Error('the source\nis gone')
    }
    const { get } = await startPages(collecting(collect))
    const healthy = await get('/health')
    expect(healthy.status).toBe(200)
    expect(JSON.parse(healthy.text)).toMatchObject({
      status: 'ok',
      plugins: [{ name: 'app', state: 'up' }],
      transports: [
        { name: 'memory', state: 'up' },
        { name: 'prometheus', state: 'up' },
      ],
    })
    broken = true
    await get()
    const degraded = await get('/health')
    expect(degraded.status).toBe(503)
    expect(JSON.parse(degraded.text)).toMatchObject({
      status: 'degraded',
      plugins: [{ name: 'app', state: 'down', lastError: 'the source is gone' }],
    })
  })

  test('report that the process is alive and ready', async () => {
    const { get } = await startPages(table)
    expect(await get('/-/healthy')).toMatchObject({ status: 200 })
    expect(await get('/-/ready')).toMatchObject({ status: 200, text: 'Ready.\n' })
  })

  test('link to everything from the landing page, with names escaped', async () => {
    const { get } = await startPages(table, { host: { service: { name: '<b>&me' } } })
    const { text, headers } = await get('/')
    expect(headers.get('content-type')).toBe('text/html; charset=utf-8')
    expect(text).toContain('&#60;b&#62;&#38;me')
    expect(text).not.toContain('<b>')
    for (const path of ['/metrics', '/health', '/-/healthy', '/-/ready']) {
      expect(text).toContain(`href=".${path}"`)
      expect((await get(path)).status).toBe(200)
    }
  })

  test('count scrapes in the self-metrics', async () => {
    const { get } = await startPages(table, { host: { selfMetrics: 'on' } })
    await get()
    await get()
    expect((await get()).text).toContain(
      'tidegauge_transport_exports_total{transport="prometheus",outcome="success"} 2\n',
    )
  })
})
