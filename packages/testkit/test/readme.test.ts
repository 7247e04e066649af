import { readFileSync } from 'node:fs'
import { apiLevel, createTidegauge, definePlugin } from '@tidegauge/core'
import { createManualClock, createMemoryTransport } from '@tidegauge/testkit'
import { describe, expect, test } from 'vitest'

const readme = readFileSync(new URL('../README.md', import.meta.url), 'utf8')

describe('the README', () => {
  test('shows what its first program gives', async () => {
    const [, output] = /```json\n([^]*?)```/.exec(readme)!
    const clock = createManualClock()
    const memory = createMemoryTransport()
    const ticks = definePlugin({
      name: 'ticks',
      version: '1.0.0',
      apiLevel,
      instruments: {
        ticks: { kind: 'counter', name: 'ticks_total', help: 'Passes', labels: { ok: ['yes'] } },
      },
      collect: ({ instruments }) => instruments.ticks.inc({ ok: 'yes' }),
    })
    await createTidegauge({ clock }).use(ticks, { intervalMs: 1_000, jitterRatio: 0 }).export(memory).start()
    await clock.advance(60_000)
    expect(memory.series('ticks_total', { ok: 'yes' })).toEqual(JSON.parse(output))
  })
})
