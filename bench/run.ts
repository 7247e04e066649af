/**
 * Runs the benchmarks and prints their tables as Markdown: `npm run bench -- [recording] [scraping] [libp2p] [bitswap] [statsd] [--quick]`.
 *
 * Everybody is measured in the same run, in processes of their own that take turns; read the figures as ratios.
 */
import { parseArgs } from 'node:util'
import { fetchTable, ledgersTable } from './bitswap/table.ts'
import { libp2pStreamsTable, libp2pTable } from './libp2p/table.ts'
import { recordingTable } from './recording/table.ts'
import { machine } from './report/markdown.ts'
import { rowsFor, scrapingTables } from './scraping/tables.ts'
import { statsdTable } from './statsd/table.ts'

const { values, positionals } = parseArgs({
  options: { quick: { type: 'boolean', default: false } },
  allowPositionals: true,
})
const isWanted = (part: string) => positionals.length === 0 || positionals.includes(part)
const print = (...lines: readonly string[]) => console.log(`${lines.join('\n\n')}\n`)

print('# Benchmarks', `${machine()}. Medians of several processes; read them as ratios.`)
if (isWanted('recording')) print('## Recording', await recordingTable(values.quick ? 1 : 5))
if (isWanted('scraping'))
  for (const [title, text] of Object.entries(await scrapingTables(rowsFor(values.quick))))
    print(`## ${title}`, text)
if (isWanted('libp2p')) {
  print('## libp2p throughput, loopback TCP, noise, yamux', await libp2pTable(values.quick ? 5 : 15))
  print('## libp2p: opening a stream', await libp2pStreamsTable(values.quick ? 5 : 15))
}
if (isWanted('bitswap')) {
  print('## Bitswap: a collect pass', await ledgersTable(values.quick ? 50 : 200))
  print('## Bitswap: fetching with and without the plugin', await fetchTable(values.quick ? 5 : 60))
}
if (isWanted('statsd'))
  print(
    '## StatsD: a hundred counters, a million increments a second',
    await statsdTable(values.quick ? 3 : 5, values.quick ? 1 : 3),
  )
