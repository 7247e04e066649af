import { testTransport } from '@tidegauge/testkit'
import { prometheus } from '../src/index.js'
import { parseExposition } from './support/parse-exposition.js'

testTransport({
  name: 'prometheus',
  create: () => prometheus({ port: 0 }),
  receive: async (transport) => {
    const families = parseExposition(await (await fetch(transport.url!)).text(), 'text')
    return families.flatMap(({ name, type, samples }) =>
      samples
        .filter((sample) => sample.name === (type === 'histogram' ? `${name}_count` : name))
        .map(({ labels, value }) => ({ name, labels: { ...labels }, value })),
    )
  },
})
