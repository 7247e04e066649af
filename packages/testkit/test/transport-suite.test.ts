/** The suite on the memory transport, whose receiver is itself. */
import { createMemoryTransport, testTransport } from '@tidegauge/testkit'

testTransport({
  name: 'memory',
  create: () => createMemoryTransport(),
  receive: async (transport) =>
    (await transport.scrape()).flatMap(({ name, series }) =>
      series.map(({ labels, value, count }) => ({ name, labels, value: value ?? count ?? Number.NaN })),
    ),
})
