import type { Tidegauge } from '@tidegauge/core'

/** What libp2p calls when the node starts and stops. */
export interface Libp2pService {
  /** Does nothing: libp2p takes only what has `start` and `stop` for something to start. */
  start(): void
  /** The node has started. Starts the host. */
  afterStart(): Promise<void>
  /** The node is about to stop. Stops the host, which exports for the last time what the node still is. */
  beforeStop(): Promise<void>
  stop(): void
}

/**
 * Makes a host a service of a libp2p node: `createLibp2p({ services: { tidegauge: libp2pService(host) } })`. The host
 * starts after the node, stops before it, and starts again with it. A host that the application has started itself is
 * left alone. When the host cannot start, the start of the node fails with its error.
 */
export function libp2pService(host: Pick<Tidegauge, 'start' | 'stop' | 'state'>): () => Libp2pService {
  return () => {
    let isOurs = false
    return {
      start: () => {},
      async afterStart() {
        if (host.state === 'starting' || host.state === 'running') return
        isOurs = true
        await host.start()
      },
      async beforeStop() {
        if (isOurs) await host.stop()
        isOurs = false
      },
      stop: () => {},
    }
  }
}
