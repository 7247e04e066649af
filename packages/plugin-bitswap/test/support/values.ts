import type { TestHost } from '@tidegauge/testkit'

export const contents = ['messages', 'blocks', 'bytes', 'have', 'dont_have', 'wants', 'cancels'] as const

export type Traffic = Record<(typeof contents)[number], number>

/** The traffic of one node in one direction. */
export function traffic(values: Map<string, number>, node: string, direction: 'sent' | 'received'): Traffic {
  const series = (name: string) => `libp2p_bitswap_${name}_total{direction="${direction}",node="${node}"}`
  return Object.fromEntries(contents.map((name) => [name, values.get(series(name))])) as Traffic
}

/** One value of one node. */
export function value(values: Map<string, number>, name: string, node: string): number | undefined {
  return values.get(`libp2p_bitswap_${name}{node="${node}"}`)
}

/** Failed sends of a node, for any reason. */
export function failedSends(values: Map<string, number>, node: string): number {
  const series = (reason: string) => `libp2p_bitswap_send_failures_total{reason="${reason}",node="${node}"}`
  return values.get(series('dial'))! + values.get(series('stream'))!
}

/** All values, when there has been no traffic for a while. */
export async function readWhenQuiet(host: TestHost): Promise<Map<string, number>> {
  let values = new Map<string, number>()
  for (let last = '', same = 0; same < 5;) {
    values = await host.read()
    const now = JSON.stringify([...values].filter(([key]) => /messages_total|exchanges|send_queue/.test(key)))
    same = now === last ? same + 1 : 0
    last = now
    await new Promise((resolve) => setTimeout(resolve, 30))
  }
  return values
}
