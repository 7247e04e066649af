import { withBitswap } from '@helia/bitswap'
import { withLibp2pLight } from '@helia/libp2p'
import { identify } from '@libp2p/identify'
import { noise } from '@libp2p/noise'
import { tcp } from '@libp2p/tcp'
import { yamux } from '@libp2p/yamux'
import { createHeliaLight } from 'helia'

/** A Helia node on loopback that finds nobody by itself and sends nothing unasked. */
export function createNode() {
  const helia = withLibp2pLight(createHeliaLight(), {
    addresses: { listen: ['/ip4/127.0.0.1/tcp/0'] },
    transports: [tcp()],
    connectionEncrypters: [noise()],
    streamMuxers: [yamux()],
    peerDiscovery: [],
    connectionMonitor: { enabled: false },
    services: { identify: identify() },
  })
  return withBitswap(helia).start()
}

export type BenchNode = Awaited<ReturnType<typeof createNode>>

/** Bitswap itself, the way the plugin reaches it: the bag of components is handed to whoever makes a router. */
export function bitswapOf(helia: BenchNode): any {
  let components: any
  helia.addRouter((bag: any) => {
    components = bag
    return { name: 'bench' }
  })
  return components.blockBrokers.find(({ name }: { name: string }) => name === 'bitswap').bitswap
}
