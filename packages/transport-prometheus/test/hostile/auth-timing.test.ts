/** What a client can learn from how long a refusal takes. */
import { hashSync } from 'bcryptjs'
import { expect, test } from 'vitest'
import { runs } from '@tidegauge/testkit'
import { ask, basic } from '../security/support/ask.js'
import { startPages } from '../support/start-pages.js'

const table = { hits: { kind: 'counter', name: 'hits_total', help: 'Hits' } } as const

test('basic auth takes as long for an unknown user as for a wrong password', async () => {
  const strong = { alice: hashSync('wonderland', 7), carol: hashSync('x', 7) }
  const { origin } = await startPages(table, { prometheus: { basicAuth: { users: strong } } })
  const times: Record<'known' | 'unknown', number[]> = { known: [], unknown: [] }
  for (let i = 0; i < runs(100); i++)
    for (const kind of i % 2 === 0 ? (['known', 'unknown'] as const) : (['unknown', 'known'] as const)) {
      const headers = basic(kind === 'known' ? 'alice' : `mallory${i}`, `wrong ${i}`)
      const from = performance.now()
      expect((await ask(`${origin}/metrics`, { headers })).status).toBe(401)
      times[kind].push(performance.now() - from)
    }
  const [known, unknown] = [median(times.known), median(times.unknown)]
  console.log(`median ms of a wrong password ${known.toFixed(2)}, of an unknown user ${unknown.toFixed(2)}`)
  expect(known / unknown).toBeGreaterThan(0.85)
  expect(known / unknown).toBeLessThan(1.15)
}, 300_000)

function median(values: number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)]
}
