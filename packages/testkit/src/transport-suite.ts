import { apiLevel, createTidegauge, defineInstruments, type Tidegauge, type Transport } from '@tidegauge/core'
import { afterEach, describe, expect, test } from 'vitest'
import { leftOpen, openResources } from './open-resources.js'

/** A sample as a receiver of the transport's format reads it. */
export interface ReceivedSample {
  /** Without suffixes that the format adds. */
  readonly name: string
  readonly labels: Readonly<Record<string, string>>
  /** A counter's or gauge's number, or the count of a distribution. */
  readonly value: number
}

/** A transport to check against the contract, with a real receiver. */
export interface TransportUnderTest<T extends Transport = Transport> {
  /** What the cases are headed with. */
  readonly name: string
  /** Makes a fresh transport. Does no I/O. */
  create(): T
  /** What a receiver has after a scrape or a flush. */
  receive(transport: T, host: Tidegauge): Promise<readonly ReceivedSample[]>
}

const table = defineInstruments({
  requests: { kind: 'counter', name: 'suite_requests_total', help: 'Requests', labels: { route: {} } },
  level: { kind: 'gauge', name: 'suite_level', help: 'Level', labels: { route: {} } },
  seconds: { kind: 'histogram', name: 'suite_seconds', help: 'Durations', unit: 'seconds', bounds: [1, 2] },
})

const hostile = ['plain', 'a"b', 'a\\b', 'a\nb', 'a,b=c', 'ünï 💧', '{}', ' ', '# HELP x', '__proto__']

/** The cases that every transport passes. Call it at the top level of a test file. */
export function testTransport<T extends Transport>(subject: TransportUnderTest<T>): void {
  let host: Tidegauge | undefined
  afterEach(() => host?.stop())

  const run = async (routes?: readonly string[]) => {
    const transport = subject.create()
    const other: Transport = { name: 'other', version: '0.0.0', apiLevel, start() {} }
    host = createTidegauge().export(transport).export(other)
    const handles = host.instruments('suite', table, {
      intervalMs: 0,
      ...(routes && { transports: routes }),
    })
    await host.start()
    const receive = async () =>
      (await subject.receive(transport, host!)).filter(({ name }) => name.startsWith('suite_'))
    return { handles, transport, receive, host }
  }

  describe(`transport ${subject.name} keeps the contract`, () => {
    test('speaks the API level of core and opens nothing when it is made', () => {
      const before = openResources()
      const transport = subject.create()
      expect(transport.apiLevel).toBe(apiLevel)
      expect(transport.name).toMatch(/^[a-z][a-z0-9-]*$/)
      expect(openResources()).toEqual(before)
    })

    test('delivers counters, gauges and counts of distributions as they were recorded', async () => {
      const { handles, receive } = await run()
      handles.requests.inc({ route: '/a' }, 3)
      handles.level.set({ route: '/a' }, 12.5)
      handles.seconds.observe(1.5)
      handles.seconds.observe(5)
      expect(await receive()).toEqual(
        expect.arrayContaining([
          { name: 'suite_requests_total', labels: { route: '/a' }, value: 3 },
          { name: 'suite_level', labels: { route: '/a' }, value: 12.5 },
          { name: 'suite_seconds', labels: {}, value: 2 },
        ]),
      )
    })

    test('delivers hostile label values as one series each', async () => {
      const { handles, receive } = await run()
      for (const [i, route] of hostile.entries()) handles.requests.inc({ route }, i + 1)
      const received = (await receive()).filter(({ name }) => name === 'suite_requests_total')
      expect(received.map(({ value }) => value).sort((a, b) => a - b)).toEqual(hostile.map((_, i) => i + 1))
    })

    test('delivers equal values twice when nothing was recorded in between', async () => {
      const { handles, receive } = await run()
      handles.level.set({ route: '/a' }, 4)
      const gauges = async () => (await receive()).filter(({ name }) => name === 'suite_level')
      expect(await gauges()).toEqual(await gauges())
    })

    test('leaves out a gauge series that is gone', async () => {
      const { handles, receive } = await run()
      handles.level.set({ route: '/a' }, 4)
      await receive()
      handles.level.remove({ route: '/a' })
      expect((await receive()).filter(({ name }) => name === 'suite_level')).toEqual([])
    })

    test('carries nothing of a plugin that is routed elsewhere', async () => {
      const { handles, receive } = await run(['other'])
      handles.requests.inc({ route: '/a' })
      expect(await receive()).toEqual([])
    })

    test('leaves nothing running when it stops, and can be stopped twice and started again', async () => {
      const before = openResources()
      const { host: running, transport, receive } = await run()
      await receive()
      await running.stop()
      await transport.stop?.()
      expect(await leftOpen(before)).toEqual([])
      await running.start()
      await receive()
    })
  })
}
