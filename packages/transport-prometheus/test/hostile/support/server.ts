/** A host with many series in a process of its own, so that its memory is its own. Run on the built packages. */
import { apiLevel, createTidegauge, definePlugin } from '@tidegauge/core'
import { prometheus } from '@tidegauge/transport-prometheus'

const seriesCount = Number(process.argv[2])
const limits = JSON.parse(process.argv[3] ?? '{}') as object
const app = definePlugin({
  name: 'app',
  version: '1.0.0',
  apiLevel,
  instruments: {
    level: { kind: 'gauge', name: 'level', help: 'Level', labels: { n: {} }, seriesLimit: 1_000_000 },
    hits: { kind: 'counter', name: 'hits_total', help: 'Hits' },
  },
  start({ instruments }) {
    for (let i = 0; i < seriesCount; i++) instruments.level.set({ n: `a series with a number ${i}` }, i + 0.5)
    instruments.hits.inc()
  },
})
const endpoint = prometheus({ port: 0, limits })
await createTidegauge().use(app).export(endpoint).start()
process.on('message', (question) => {
  if (question === 'collect') globalThis.gc?.()
  process.send!({
    rssBytes: process.memoryUsage().rss,
    connections: process.getActiveResourcesInfo().filter((kind) => kind === 'TCPSocketWrap').length,
  })
})
process.on('disconnect', () => process.exit())
process.send!({ url: endpoint.url })
