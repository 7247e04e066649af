import type { BandwidthTotals } from '../bandwidth/traffic-counts.js'
import type { ByDirection } from '../direction.js'
import type { ModuleValues } from './module-metric.js'

const definition = {
  kind: 'counter',
  name: 'libp2p_data_transfer_bytes_total',
  help: 'Bytes sent and received, as @libp2p/prometheus-metrics names them.',
  label: 'protocol',
} as const

/** The bytes of a node under the name, and with the label values, of `@libp2p/prometheus-metrics`. */
export function transferUnderOldName({ total, protocols }: BandwidthTotals): ModuleValues {
  return {
    definition,
    writeTo(write) {
      const writeBoth = (protocol: string, bytes: Readonly<ByDirection>): void => {
        write(`${protocol} received`, bytes.inbound)
        write(`${protocol} sent`, bytes.outbound)
      }
      writeBoth('global', total)
      for (const { protocol, bytes } of protocols) writeBoth(protocol, bytes)
    },
  }
}
