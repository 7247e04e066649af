import type { FamilyView, Transport, TransportContext } from '@tidegauge/core'
import type { NodeValues } from './tables.js'

/** Labels that a series must have to be counted. */
type Wanted = Readonly<Record<string, string>>

/** A transport of our own: it reads the same registry as Prometheus does, for the screen. */
export function createScreenTransport() {
  let context: TransportContext | undefined
  const transport: Transport = {
    name: 'screen',
    version: '0.0.0',
    apiLevel: 1,
    start: (given) => void (context = given),
  }
  const read = (node: string, name: string, wanted: Wanted = {}): number => {
    const [family] = context!.read({ names: new Set([name]) })
    return family === undefined ? 0 : sum(family, { ...wanted, node })
  }
  return {
    transport,
    collect: () => context!.collect(),
    series: () => context!.describe().plugins.reduce((total, plugin) => total + plugin.series, 0),
    of: (node: string): NodeValues => ({
      name: node,
      connections: read(node, 'libp2p_resource_connections'),
      streamsOpened: read(node, 'libp2p_streams_opened_total'),
      bytesIn: read(node, 'libp2p_bandwidth_total_bytes', { direction: 'inbound' }),
      bytesOut: read(node, 'libp2p_bandwidth_total_bytes', { direction: 'outbound' }),
      rateIn: read(node, 'libp2p_bandwidth_rate_bps', { direction: 'inbound' }),
      rateOut: read(node, 'libp2p_bandwidth_rate_bps', { direction: 'outbound' }),
      blocksIn: read(node, 'libp2p_bitswap_blocks_total', { direction: 'received' }),
      blocksOut: read(node, 'libp2p_bitswap_blocks_total', { direction: 'sent' }),
      largestDebt: read(node, 'libp2p_bitswap_top_debtor_bytes', { rank: '1', direction: 'sent' }),
      advertised: read(node, 'libp2p_bitswap_advertisements_total', { result: 'success' }),
      namesRefreshed: read(node, 'libp2p_ipns_refresh_total', { result: 'success' }),
      namesFailed: read(node, 'libp2p_ipns_refresh_total', { result: 'failure' }),
    }),
  }
}

function sum(family: FamilyView, wanted: Wanted): number {
  let total = 0
  for (const series of family.series()) {
    const labels = series.labels()
    if (Object.entries(wanted).every(([name, text]) => labels[name] === text)) total += series.value
  }
  return total
}
