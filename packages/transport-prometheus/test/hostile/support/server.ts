/** A host with many series in a process of its own, so that its memory can be measured. Needs the built packages. */
import { createTidegauge } from '@tidegauge/core'
import { prometheus } from '@tidegauge/transport-prometheus'

const seriesCount = Number(process.argv[2])
const limits = JSON.parse(process.argv[3] ?? '{}') as object
const endpoint = prometheus({ port: 0, limits })
const tidegauge = createTidegauge().export(endpoint)
const { level, hits } = tidegauge.instruments('app', {
  level: { kind: 'gauge', name: 'level', help: 'Level', labels: { n: {} }, seriesLimit: 1_000_000 },
  hits: { kind: 'counter', name: 'hits_total', help: 'Hits' },
})
await tidegauge.start()
for (let i = 0; i < seriesCount; i++) level.set({ n: `a series with a number ${i}` }, i + 0.5)
hits.inc()
process.on('message', (request) => {
  if (request === 'collect') globalThis.gc?.()
  process.send!({
    rssBytes: process.memoryUsage().rss,
    connections: process.getActiveResourcesInfo().filter((kind) => kind === 'TCPSocketWrap').length,
  })
})
process.on('disconnect', () => process.exit())
process.send!({ url: endpoint.url })
