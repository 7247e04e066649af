import { readFileSync } from 'node:fs'
import { expect, it } from 'vitest'
import { instruments, ipns } from '../src/index.js'
import { startTestHost } from '@tidegauge/testkit'
import { createPair, HOUR_MS, nameOf, value } from './support/nodes.js'
import { refreshed } from './support/series.js'

const readme = readFileSync(new URL('../README.md', import.meta.url), 'utf8')

it('shows in its README what comes out after two names were published and one was refreshed', async () => {
  const [a] = await createPair()
  const name = nameOf(a)
  const host = await startTestHost(ipns({ name }))
  await name.publish('long', value)
  await name.publish('short', value, { lifetime: HOUR_MS })
  name.start()
  await expect.poll(() => host.value(refreshed)).toBe(1)
  const values = await host.read()
  const shown = /```text\n([^`]+)```/.exec(readme)?.[1].trim().split('\n') ?? []
  expect(shown.length).toBeGreaterThan(8)
  for (const line of shown) {
    const [series, number] = [line.slice(0, line.lastIndexOf(' ')), Number(line.slice(line.lastIndexOf(' ')))]
    expect([series, Math.round(values.get(series) ?? Number.NaN)]).toEqual([series, number])
  }
})

it('lists every instrument and every option in its README', () => {
  for (const { name } of Object.values(instruments)) expect(readme).toContain(`\`${name}\``)
  const options = [
    'name',
    'helia',
    'republishIntervalMs',
    'recordsMaxAgeMs',
    'namespace',
    'maxNamespaces',
    'source',
  ]
  for (const option of options) expect(readme).toContain(`| \`${option}\``)
})
