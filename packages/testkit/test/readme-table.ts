import { startTestHost } from '@tidegauge/testkit'
import { expect, test } from 'vitest'

test('adds up what was sold', async () => {
  const { instruments, value } = await startTestHost({
    sold: { kind: 'counter', name: 'sold_total', help: 'Sold', labels: { item: {} } },
  })
  instruments.sold.inc({ item: 'tea' }, 2)
  instruments.sold.inc({ item: 'tea' })
  expect(await value('sold_total{item="tea"}')).toBe(3)
})
