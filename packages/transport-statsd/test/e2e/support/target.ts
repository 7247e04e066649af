import { startReceiver, type Protocol } from '../../support/receiver-process.js'
import type { StatsdOptions } from '../../../src/index.js'

/** A receiver, and the options to send to it. */
export interface Target {
  readonly options: StatsdOptions
  /** What arrived since the last call: datagrams, or the bytes of each connection without the last line break. */
  arrived(): Promise<readonly Uint8Array[]>
  stop(): Promise<void>
}

export async function openTarget(protocol: Protocol): Promise<Target> {
  const receiver = await startReceiver(protocol)
  let seen = 0
  return {
    options: protocol === 'unix' ? { protocol, path: receiver.path } : { protocol, port: receiver.port },
    stop: () => receiver.stop(),
    async arrived() {
      const all = await receiver.received()
      if (protocol !== 'tcp') return all
      const added = all.slice(seen)
      seen = all.length
      return added.map((bytes) => {
        if (bytes.at(-1) !== 0x0a) throw new Error('a connection ended inside a line')
        return bytes.subarray(0, -1)
      })
    },
  }
}
