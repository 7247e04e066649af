import { createTidegauge } from '@tidegauge/core'
import { readFileSync } from 'node:fs'
import { expect, it } from 'vitest'
import { instruments, statsd } from '../src/index.js'
import { parseOptions } from '../src/options.js'
import { targetKeys } from '../src/send/target.js'
import { openReceiver } from './support/udp-receiver.js'

const readme = readFileSync(new URL('../README.md', import.meta.url), 'utf8')

it('the README shows what its first example sends', async () => {
  const receiver = await openReceiver()
  const endpoint = statsd({ port: receiver.port, globalTags: { env: 'test' } })
  const tidegauge = createTidegauge().use(endpoint.selfMetrics()).export(endpoint)
  const app = tidegauge.instruments('app', {
    starts: { kind: 'counter', name: 'app_starts_total', help: 'Starts' },
  })
  await tidegauge.start()
  app.starts.inc()
  await tidegauge.stop()
  const lines = (await receiver.take()).flatMap((datagram) => datagram.split('\n'))
  const shown = /```text\n([^`]+)```/.exec(readme)?.[1].trim().split('\n')
  expect(lines.filter((line) => !line.startsWith('tidegauge_'))).toEqual(shown)
})

it('the README lists every metric and every option', () => {
  for (const { name } of Object.values(instruments)) expect(readme).toContain(`\`${name}\``)
  const { target, lines, ...rest } = parseOptions()
  const { style, ...ofLines } = lines
  expect([target.protocol, style]).toEqual(['udp', 'dogstatsd'])
  for (const name of [...targetKeys, 'tags', ...Object.keys(ofLines), ...Object.keys(rest)])
    expect(readme, name).toContain(`| \`${name}\` `)
})
