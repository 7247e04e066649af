/** A cluster whose one worker starts a host, and prints its log. Needs the built packages. */
import cluster from 'node:cluster'
import { createTidegauge } from '@tidegauge/core'
import { prometheus } from '@tidegauge/transport-prometheus'

if (cluster.isPrimary) {
  const worker = cluster.fork()
  worker.on('message', (line: string) => console.log(line))
} else {
  const print = (line: string) => void process.send!(line)
  const logger = { debug() {}, info() {}, warn: print, error: print }
  const tidegauge = createTidegauge({ logger }).export(prometheus({ port: 0 }))
  await tidegauge.start()
  await tidegauge.stop()
  process.disconnect()
}
