import { startReceiver, type Protocol } from '../../../../../tools/test/statsd-receiver.js'
import type { StatsdOptions } from '../../../src/index.js'

/** A receiver, and how to send to it. */
export interface Link {
  readonly options: StatsdOptions
  /** What has arrived since the last call: datagrams, or what each connection carried, without its last line break. */
  arrived(): Promise<readonly Uint8Array[]>
  stop(): Promise<void>
}

export async function openLink(protocol: Protocol): Promise<Link> {
  const receiver = await startReceiver(protocol)
  let seen = 0
  return {
    options: protocol === 'unix' ? { protocol, path: receiver.path } : { protocol, port: receiver.port },
    stop: () => receiver.stop(),
    async arrived() {
      const all = await receiver.received()
      if (protocol !== 'tcp') return all
      const fresh = all.slice(seen)
      seen = all.length
      return fresh.map((bytes) => {
        if (bytes.at(-1) !== 0x0a) throw new Error('a connection ended inside a line')
        return bytes.subarray(0, -1)
      })
    },
  }
}
