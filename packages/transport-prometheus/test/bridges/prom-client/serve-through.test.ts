import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import express from 'express'
import { startTestHost, type TestHostOptions } from '@tidegauge/testkit'
import { describe, expect, onTestFinished, test } from 'vitest'
import type { Transport } from '@tidegauge/core'
import { serveThrough } from '../../../src/index.js'
import { everyKind, recordEveryKind } from '../../support/every-kind.js'
import { parseExposition, type Sample } from '../../support/parse-exposition.js'
import { libraries } from '../libraries.js'

/** A host with one series of every kind, served through this registry. */
async function serve(register: any, host: TestHostOptions['host'] = {}) {
  const started = await startTestHost(everyKind, { host, transports: [serveThrough(register)] })
  recordEveryKind(started.instruments)
  return started
}

function byName(a = '', b = '') {
  return a < b ? -1 : 1
}

/** The libraries write an empty line between families, which the strict parser does not accept. */
function parse(text: string, format: 'text' | 'openmetrics' = 'text') {
  return parseExposition(text.replace(/\n{2,}/g, '\n').replace(/^\n/, ''), format)
}

describe.each(libraries)('served through a registry of %s', (_, library) => {
  function registry(contentType?: any) {
    const register = new (library.Registry as any)(contentType) as InstanceType<typeof library.Registry>
    new library.Counter({
      name: 'their_jobs_total',
      help: 'J',
      labelNames: ['a'],
      registers: [register],
    }).inc({ a: 'x"\n' }, 4)
    new library.Histogram({ name: 'their_wait', help: 'W', buckets: [1], registers: [register] }).observe(0.5)
    return register
  }

  test('our families follow theirs, in the format of our own endpoint', async () => {
    const register = registry()
    const theirs = await register.metrics()
    const { log } = await serve(register)
    const text = await register.metrics()
    expect(text.startsWith(theirs)).toBe(true)
    const names = parse(text).map(({ name }) => name)
    expect(names).toEqual([
      'their_jobs_total',
      'their_wait',
      ...Object.values(everyKind).map(({ name }) => name),
    ])
    const [, requests] = [names, parse(text).find(({ name }) => name === 'app_requests_total')!]
    expect(requests.samples.map(({ labels, value }) => [labels['route'], value])).toEqual([
      ['/a', 3],
      ['quote " slash \\ break \n', 0.1],
    ])
    expect(log).toEqual([])
  })

  test('in OpenMetrics there is one # EOF, and our exemplars', async () => {
    const register = registry(library.Registry.OPENMETRICS_CONTENT_TYPE)
    await serve(register)
    const text = await register.metrics()
    expect(text.match(/# EOF/g)).toHaveLength(1)
    const families = parse(text, 'openmetrics')
    expect(families.find(({ name }) => name === 'their_jobs')!.samples[0].value).toBe(4)
    const exemplars = families.flatMap(({ samples }) => samples.flatMap(({ exemplar }) => exemplar ?? []))
    expect(exemplars.map(({ labels }) => labels['trace_id'])).toEqual(['abc', 'd'])
  })

  test('a registry without metrics serves only ours, in either format', async () => {
    for (const [type, format] of [
      [undefined, 'text'],
      [library.Registry.OPENMETRICS_CONTENT_TYPE, 'openmetrics'],
    ] as const) {
      const register = new (library.Registry as any)(type)
      await serve(register)
      expect(parseExposition(await register.metrics(), format)).toHaveLength(Object.keys(everyKind).length)
    }
  })

  test('uses the new format when the content type is changed', async () => {
    const register = registry()
    await serve(register)
    register.setContentType(library.Registry.OPENMETRICS_CONTENT_TYPE)
    expect(parse(await register.metrics(), 'openmetrics').length).toBeGreaterThan(2)
  })

  test('our family is left out and logged once when its name, sample name or family name is theirs', async () => {
    const register = new library.Registry()
    const taken = ['app_wait_seconds_count', 'app_heat_celsius', 'app_requests']
    for (const name of taken) new library.Gauge({ name, help: 'G', registers: [register] }).set(1)
    new library.Histogram({ name: 'app_phase', help: 'H', buckets: [], registers: [register] }).observe(1)
    const { log } = await serve(register)
    await register.metrics()
    const names = parse(await register.metrics()).map(({ name }) => name)
    expect(new Set(names).size).toBe(names.length)
    expect(names).not.toContain('app_requests_total')
    expect(names).not.toContain('app_wait_seconds')
    expect(names).toContain('app_size_bytes')
    expect(log.map((message) => /metric "(\w+)" is left out/.exec(message)?.[1]).sort(byName)).toEqual([
      'app_heat_celsius',
      'app_phase',
      'app_requests_total',
      'app_wait_seconds',
    ])
  })

  test('our family is left out when it has the name of one of their samples', async () => {
    const register = registry()
    const { instruments } = await startTestHost(
      {
        count: { kind: 'gauge', name: 'their_wait_count', help: 'C' },
        jobs: { kind: 'gauge', name: 'their_jobs', help: 'J' },
        fine: { kind: 'gauge', name: 'their_wait_longest', help: 'L' },
      },
      { transports: [serveThrough(register)] },
    )
    for (const gauge of Object.values(instruments)) gauge.set(1)
    expect(parse(await register.metrics()).map(({ name }) => name)).toEqual([
      'their_jobs_total',
      'their_wait',
      'their_jobs',
      'their_wait_longest',
    ])
    register.setContentType(library.Registry.OPENMETRICS_CONTENT_TYPE)
    expect(parse(await register.metrics(), 'openmetrics').map(({ name }) => name)).toEqual([
      'their_jobs',
      'their_wait',
      'their_wait_longest',
    ])
  })

  test('stopping restores the method, and starting wraps it again', async () => {
    const register = registry()
    const theirs = await register.metrics()
    const before = Object.getOwnPropertyNames(register)
    const { tidegauge } = await serve(register)
    expect(await register.metrics()).toContain('app_open')
    await tidegauge.stop()
    expect(Object.getOwnPropertyNames(register)).toEqual(before)
    expect(await register.metrics()).toBe(theirs)
    await tidegauge.start()
    expect(await register.metrics()).toContain('app_open')
  })

  test('a later wrapper stays in place, and ours adds nothing after the stop', async () => {
    const register = registry()
    const theirs = await register.metrics()
    const { tidegauge } = await serve(register)
    const ours = register.metrics
    register.metrics = async () => `${await ours()}# wrapped\n`
    expect(await register.metrics()).toMatch(/app_open[^]*# wrapped\n$/)
    await tidegauge.stop()
    expect(await register.metrics()).toBe(`${theirs}# wrapped\n`)
  })

  test('two hosts may serve through one registry; the second logs what the first already has', async () => {
    const register = registry()
    const first = await serve(register)
    const second = await serve(register)
    const names = parse(await register.metrics()).map(({ name }) => name)
    expect(names).toHaveLength(new Set(names).size)
    expect(second.log).toHaveLength(Object.keys(everyKind).length)
    await first.tidegauge.stop()
    expect(parse(await register.metrics())).toHaveLength(names.length)
    await second.tidegauge.stop()
    expect(await register.metrics()).not.toContain('app_open')
  })

  test('a failure on our side leaves the application its own metrics', async () => {
    const register = registry()
    const theirs = await register.metrics()
    const transport = serveThrough(register)
    const read = () => {
      throw new Error('broken')
    }
    const broken: Transport = {
      ...transport,
      start: (context) => transport.start({ ...context, read }),
    }
    const { tidegauge } = await startTestHost({}, { transports: [broken] })
    expect(await register.metrics()).toBe(theirs)
    expect(tidegauge.health().transports.find(({ name }) => name === 'prom-client')).toMatchObject({
      state: 'down',
      lastError: 'broken',
    })
  })

  test('a failure on their side is passed on', async () => {
    const register = registry()
    const broken = new library.Gauge({
      name: 'g',
      help: 'G',
      registers: [register],
      collect() {
        throw new Error('theirs')
      },
    })
    expect(broken).toBeDefined()
    const { tidegauge } = await serve(register)
    await expect(register.metrics()).rejects.toThrow('theirs')
    expect(tidegauge.health().healthy).toBe(true)
  })

  test('an Express route that serves the registry also serves ours, and scrapes are counted', async () => {
    const register = registry()
    const { tidegauge } = await serve(register, { selfMetrics: 'on' })
    const app = express().get('/metrics', async (_request, response) => {
      response.set('Content-Type', register.contentType).end(await register.metrics())
    })
    const server = createServer(app).listen(0, '127.0.0.1')
    onTestFinished(() => void server.close())
    await new Promise((resolve) => server.once('listening', resolve))
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/metrics`
    const answers = await Promise.all([fetch(url), fetch(url), fetch(url)])
    for (const answer of answers) {
      expect(answer.headers.get('content-type')).toContain('version=0.0.4')
      expect(parse(await answer.text()).length).toBeGreaterThan(10)
    }
    const again = parse(await (await fetch(url)).text())
    const exports = again.find(({ name }) => name === 'tidegauge_transport_exports_total')!.samples
    const isOurs = ({ labels }: Sample) =>
      labels['transport'] === 'prom-client' && labels['outcome'] === 'success'
    expect(exports.find(isOurs)!.value).toBe(3)
    expect(tidegauge.health().healthy).toBe(true)
  })
})

test('a page of many slices is complete', async () => {
  const register = { metrics: async () => '\n', contentType: 'text/plain; version=0.0.4' }
  const { instruments } = await startTestHost(
    { many: { kind: 'counter', name: 'many_total', help: 'M', labels: { i: {} }, seriesLimit: 60_000 } },
    { transports: [serveThrough(register)] },
  )
  for (let i = 0; i < 50_000; i++) instruments.many.inc({ i: `ü${i}` }, i)
  const [family] = parseExposition(await register.metrics(), 'text')
  expect(family.samples.every(({ labels, value }) => labels['i'] === `ü${value}`)).toBe(true)
  expect(family.samples).toHaveLength(50_000)
})

test('refuses another object than a registry, and wrong options', () => {
  expect(() => serveThrough({} as any, { name: '', scrapeTimeoutMs: 0, port: 1 } as any)).toThrow(
    /option register.*option port.*option name.*option scrapeTimeoutMs/,
  )
})
