import { readFileSync } from 'node:fs'
import { startTestHost } from '@tidegauge/testkit'
import { expect, it } from 'vitest'
import { mySystem } from '../src/index.js'
import { startReceiver } from './support/receiver.js'

const readme = readFileSync(new URL('../README.md', import.meta.url), 'utf8')

it('sends what the README shows', async () => {
  const receiver = await startReceiver()
  const { instruments, tidegauge } = await startTestHost(
    {
      orders: {
        kind: 'counter',
        name: 'shop_orders_total',
        help: 'Orders placed',
        labels: { outcome: ['paid', 'failed'] },
      },
    },
    { transports: [mySystem({ url: receiver.url })] },
  )
  instruments.orders.inc({ outcome: 'paid' })
  await tidegauge.flush()
  expect(receiver.bodies.at(-1)).toBe(/```text\n([^`]+)```/.exec(readme)?.[1])
  await receiver.stop()
})
