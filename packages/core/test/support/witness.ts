import type { Plugin, Transport } from '@tidegauge/core'
import { createPlugin } from './plugin.js'

/** Plugins and transports that write down what is called on them. */
export function createWitness() {
  const calls: string[] = []
  const note = (call: string) => void calls.push(call)
  return {
    calls,
    plugin: (name: string): Plugin =>
      createPlugin({
        name,
        start: () => note(`${name} start`),
        collect: () => note(`${name} collect`),
        stop: () => note(`${name} stop`),
      }),
    transport: (name: string, more: Partial<Transport> = {}): Transport => ({
      name,
      version: '1.0.0',
      apiLevel: 1,
      start: () => note(`${name} start`),
      flush: () => note(`${name} flush`),
      stop: () => note(`${name} stop`),
      ...more,
    }),
  }
}
