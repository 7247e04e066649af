import { startTestHost } from '@tidegauge/testkit'
import { expect, it } from 'vitest'
import { encodeFamilies } from '../../src/encode/json-lines.js'
import { linesOf } from '../support/receiver.js'

it('writes one line for each series, with the values that its kind has', async () => {
  const { instruments, memory } = await startTestHost({
    requests: { kind: 'counter', name: 'requests_total', help: 'Requests', labels: { route: {} } },
    limit: { kind: 'gauge', name: 'limit', help: 'Limit' },
    seconds: { kind: 'histogram', name: 'seconds', help: 'Durations', bounds: [1, 2] },
    mode: { kind: 'state_set', name: 'mode', help: 'Mode', states: ['idle', 'busy'] },
  })
  instruments.requests.inc({ route: '/a"b' }, 3)
  instruments.limit.set(Infinity)
  instruments.seconds.observe(1.5)
  instruments.mode.set('busy')
  const families = memory.context.read()
  expect(linesOf(encodeFamilies(families))).toEqual([
    { name: 'requests_total', kind: 'counter', labels: { route: '/a"b' }, value: 3 },
    { name: 'limit', kind: 'gauge', labels: {}, value: '+Inf' },
    { name: 'seconds', kind: 'histogram', labels: {}, count: 1, sum: 1.5 },
    { name: 'mode', kind: 'state_set', labels: {}, states: ['busy'] },
  ])
  expect(encodeFamilies(families)).toBe(encodeFamilies(memory.context.read()))
})
