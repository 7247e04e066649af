import type { PlainFamily, TestHost } from '@tidegauge/testkit'
import { delay } from './nodes.js'

/** Bytes of one node, in and out. */
export interface Bytes {
  readonly in: number
  readonly out: number
}

/** Reads all values when the total bytes of the nodes have not changed for a while. */
export async function readWhenQuiet(host: TestHost): Promise<Map<string, number>> {
  let values = new Map<string, number>()
  for (let last = -1, same = 0; same < 4;) {
    values = await host.read()
    const totals = [...values].filter(([name]) => name.startsWith('libp2p_bandwidth_total_bytes'))
    const sum = totals.reduce((all, [, value]) => all + value, 0)
    same = sum === last ? same + 1 : 0
    last = sum
    await delay(50)
  }
  return values
}

export function total(values: Map<string, number>, node: string): Bytes {
  const series = (direction: string) =>
    `libp2p_bandwidth_total_bytes{direction="${direction}",node="${node}"}`
  return { in: values.get(series('inbound'))!, out: values.get(series('outbound'))! }
}

export function ofProtocol(values: Map<string, number>, node: string, protocol: string): Bytes {
  const series = (direction: string) =>
    `libp2p_bandwidth_protocol_bytes{protocol="${protocol}",direction="${direction}",node="${node}"}`
  return { in: values.get(series('inbound')) ?? 0, out: values.get(series('outbound')) ?? 0 }
}

/** The protocols that any node has bytes of. */
export function protocolsOf(values: Map<string, number>): string[] {
  const found = [...values.keys()].map(
    (key) => /^libp2p_bandwidth_protocol_bytes\{protocol="([^"]+)"/.exec(key)?.[1],
  )
  return [...new Set(found.filter((protocol) => protocol !== undefined))]
}

/** The exported families, by name. */
export function familiesOf(host: TestHost): Map<string, PlainFamily> {
  return new Map(host.memory.read().map((family) => [family.name, family]))
}

/** The certificate hashes in one state. */
export function hashesOf(values: Map<string, number>, state: string): string[] {
  return [...values]
    .map(([key, value]) =>
      value === 1 ? new RegExp(`cert_hash\\{state="${state}",hash="([^"]+)"`).exec(key)?.[1] : undefined,
    )
    .filter((hash) => hash !== undefined)
}
