import { definePlugin } from '@tidegauge/core'
import { createManualClock, startTestHost } from '@tidegauge/testkit'
import { expect, test } from 'vitest'

const ticks = definePlugin({
  name: 'ticks',
  version: '1.0.0',
  apiLevel: 1,
  instruments: { ticks: { kind: 'counter', name: 'ticks_total', help: 'Passes', labels: { ok: ['yes'] } } },
  collect: ({ instruments }) => instruments.ticks.inc({ ok: 'yes' }),
})

test('counts a pass at the start and one in each second', async () => {
  const clock = createManualClock()
  const host = await startTestHost(ticks, { clock, use: { intervalMs: 1_000, jitterRatio: 0 } })
  await clock.advance(60_000) // no real time passes
  expect(host.current().get('ticks_total{ok="yes"}')).toBe(61)
  console.log(JSON.stringify(host.memory.series('ticks_total', { ok: 'yes' })))
})
