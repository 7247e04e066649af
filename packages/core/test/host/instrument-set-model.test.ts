/** A set of instruments against a plain model: whatever is recorded, and whichever host uses it when. */
import { createTidegauge, instruments, type Tidegauge } from '@tidegauge/core'
import { createMemoryTransport, runs, type MemoryTransport } from '@tidegauge/testkit'
import fc from 'fast-check'
import { expect, test } from 'vitest'

const createSet = () =>
  instruments('shop', {
    counter: { kind: 'counter', name: 'counter', help: 'C', labels: { a: {}, b: ['x', 'y'] } },
    gauge: { kind: 'gauge', name: 'gauge', help: 'G', labels: { a: {} } },
    plain: { kind: 'gauge', name: 'plain', help: 'P' },
  })

interface Model {
  readonly values: Map<string, number>
  /** Which host uses the set. */
  user: number | undefined
}

interface Real {
  readonly set: ReturnType<typeof createSet>
  readonly bound: Map<string, { inc(value: number): void }>
  readonly hosts: readonly { readonly tidegauge: Tidegauge; readonly memory: MemoryTransport }[]
}

const values = (entries: Iterable<readonly [string, number]>) =>
  new Map([...entries].toSorted(([a], [b]) => (a < b ? -1 : 1)))

/** After every command: the host that uses the set exports what the model has, and the other nothing. */
function check({ values: expected, user }: Model, { hosts }: Real): void {
  for (const [i, { memory }] of hosts.entries()) {
    const exported = memory
      .read()
      .flatMap(({ name, series }) =>
        series.map(({ labels, value }) => [`${name} ${Object.values(labels).join()}`, value!] as const),
      )
    expect(values(exported)).toEqual(i === user ? values(expected) : new Map())
  }
}

type Act = (model: Model, real: Real) => void | Promise<void>

const command = (name: string, act: Act): fc.AsyncCommand<Model, Real> => ({
  check: () => true,
  async run(model, real) {
    await act(model, real)
    check(model, real)
  },
  toString: () => name,
})

const count = (a: string, b: 'x' | 'y', value: number, how: 'labels' | 'bound' | 'kept') =>
  command(`counter ${a},${b} + ${value} (${how})`, ({ values: model }, { set, bound }) => {
    const key = `counter ${a},${b}`
    const kept = how === 'kept' ? bound.get(key) : undefined
    const series = kept ?? set.counter.labels({ a, b })
    bound.set(key, series)
    if (how === 'labels') set.counter.inc({ a, b }, value)
    else series.inc(value)
    model.set(key, (model.get(key) ?? 0) + value)
  })

const changeGauge = (a: string, value: number, how: 'set' | 'inc' | 'remove') =>
  command(`gauge ${a} ${how} ${value}`, ({ values: model }, { set }) => {
    const key = a === '' ? 'plain ' : `gauge ${a}`
    const series = a === '' ? set.plain : set.gauge.labels({ a })
    series[how](value)
    if (how === 'remove') model.delete(key)
    else model.set(key, how === 'set' ? value : (model.get(key) ?? 0) + value)
  })

const use = (host: number) =>
  command(`use in ${host}`, (model, { set, hosts }) => {
    const call = () => hosts[host].tidegauge.use(set)
    if (model.user !== undefined)
      expect(call).toThrow(expect.objectContaining({ code: 'LIFECYCLE_WRONG_STATE' }))
    else {
      call()
      model.user = host
    }
  })

const remove = (host: number) =>
  command(`remove from ${host}`, async (model, { set, hosts }) => {
    expect(await hosts[host].tidegauge.remove(set)).toBe(model.user === host)
    if (model.user === host) model.user = undefined
  })

test('counts and values are the model’s, wherever the set is used', async () => {
  const label = fc.constantFrom('p', 'q', 'r')
  const host = fc.nat(1)
  const commands = fc.commands(
    [
      fc
        .tuple(label, fc.constantFrom('x', 'y'), fc.nat(9), fc.constantFrom('labels', 'bound', 'kept'))
        .map((given) => count(...given)),
      fc
        .tuple(
          fc.constantFrom('', 'p', 'q'),
          fc.integer({ min: -9, max: 9 }),
          fc.constantFrom('set', 'inc', 'remove'),
        )
        .map((given) => changeGauge(...given)),
      host.map(use),
      host.map(remove),
    ],
    { maxCommands: 40 },
  )
  await fc.assert(
    fc.asyncProperty(commands, async (given) => {
      const hosts = [0, 1].map(() => {
        const memory = createMemoryTransport()
        return { memory, tidegauge: createTidegauge({ selfMetrics: 'off' }).export(memory) }
      })
      for (const { tidegauge } of hosts) await tidegauge.start()
      const real: Real = { set: createSet(), bound: new Map(), hosts }
      await fc.asyncModelRun(() => ({ model: { values: new Map(), user: undefined } as Model, real }), given)
      for (const { tidegauge } of hosts) await tidegauge.stop()
    }),
    { numRuns: runs(100) },
  )
})
