import { styleText } from 'node:util'

/** What the screen shows of one measured node. */
export interface NodeValues {
  readonly name: string
  readonly connections: number
  readonly streamsOpened: number
  readonly bytesIn: number
  readonly bytesOut: number
  readonly rateIn: number
  readonly rateOut: number
  readonly blocksIn: number
  readonly blocksOut: number
  /** Bytes that went to the peer that owes most. */
  readonly largestDebt: number
  readonly advertised: number
  readonly namesRefreshed: number
  readonly namesFailed: number
}

interface TableColumn {
  readonly title: string
  readonly text: (of: NodeValues) => string
}

const NAME_WIDTH = 7
/** Between two columns. */
const GAP = '  '
/** Values such as `999.9 MB` fit. */
const MIN_WIDTH = 8

const trafficColumns: readonly TableColumn[] = [
  { title: 'connections', text: (of) => String(of.connections) },
  { title: 'streams opened', text: (of) => String(of.streamsOpened) },
  { title: 'in', text: (of) => bytesText(of.bytesIn) },
  { title: 'out', text: (of) => bytesText(of.bytesOut) },
  { title: 'in/s', text: (of) => bytesText(of.rateIn) },
  { title: 'out/s', text: (of) => bytesText(of.rateOut) },
]

const contentColumns: readonly TableColumn[] = [
  { title: 'blocks in', text: (of) => String(of.blocksIn) },
  { title: 'blocks out', text: (of) => String(of.blocksOut) },
  { title: 'largest debt', text: (of) => bytesText(of.largestDebt) },
  { title: 'advertised', text: (of) => String(of.advertised) },
  { title: 'refreshed', text: (of) => String(of.namesRefreshed) },
  { title: 'failed', text: (of) => String(of.namesFailed) },
]

/** Connections, streams and bytes of each node. */
export function trafficTable(nodes: readonly NodeValues[]): string[] {
  return table(trafficColumns, nodes)
}

/** Blocks, debts, advertisements and names of each node. */
export function contentTable(nodes: readonly NodeValues[]): string[] {
  return table(contentColumns, nodes)
}

function table(columns: readonly TableColumn[], nodes: readonly NodeValues[]): string[] {
  const cells = (texts: readonly string[]) =>
    texts.map((text, i) => GAP + text.padStart(Math.max(columns[i].title.length, MIN_WIDTH))).join('')
  const head = 'node'.padEnd(NAME_WIDTH) + cells(columns.map(({ title }) => title))
  const rows = nodes.map(
    (of) => styleText('bold', of.name.padEnd(NAME_WIDTH)) + cells(columns.map(({ text }) => text(of))),
  )
  return [styleText('dim', head), ...rows]
}

function bytesText(bytes: number): string {
  if (bytes < 1_000) return `${Math.round(bytes)} B`
  if (bytes < 1_000_000) return `${(bytes / 1_000).toFixed(1)} kB`
  return bytes < 1_000_000_000
    ? `${(bytes / 1_000_000).toFixed(1)} MB`
    : `${(bytes / 1_000_000_000).toFixed(1)} GB`
}
