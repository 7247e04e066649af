import { testTransport } from '@tidegauge/testkit'
import { afterAll, beforeAll } from 'vitest'
import { mySystem } from '../src/index.js'
import { startReceiver } from './support/receiver.js'

let receiver: Awaited<ReturnType<typeof startReceiver>>
beforeAll(async () => {
  receiver = await startReceiver()
})
afterAll(() => receiver?.stop())

// the cases that every transport passes, with a real receiver
testTransport({
  name: 'my-system',
  create: () => mySystem({ url: receiver.url }),
  async receive(_, host) {
    await host.flush()
    return receiver
      .lines()
      .map(({ name, labels, value, count }) => ({ name, labels, value: Number(value ?? count) }))
  },
})
