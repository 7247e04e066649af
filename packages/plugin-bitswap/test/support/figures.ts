import type { TestHost } from '../../../../tools/test/plugin-host.ts'

export const parts = ['messages', 'blocks', 'bytes', 'have', 'dont_have', 'wants', 'cancels'] as const

export type Figures = Record<(typeof parts)[number], number>

/** What one node sent or received, by the kind of part. */
export function figures(values: Map<string, number>, node: string, direction: 'sent' | 'received'): Figures {
  const series = (part: string) => `libp2p_bitswap_${part}_total{direction="${direction}",node="${node}"}`
  return Object.fromEntries(parts.map((part) => [part, values.get(series(part))])) as Figures
}

/** One value of one node. */
export function value(values: Map<string, number>, name: string, node: string): number | undefined {
  return values.get(`libp2p_bitswap_${name}{node="${node}"}`)
}

/** Sends that failed on a node, for whatever reason. */
export function failures(values: Map<string, number>, node: string): number {
  const series = (reason: string) => `libp2p_bitswap_send_failures_total{reason="${reason}",node="${node}"}`
  return values.get(series('dial'))! + values.get(series('stream'))!
}

/** All values, once the traffic has stood still for a while. */
export async function quiet(host: TestHost): Promise<Map<string, number>> {
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
