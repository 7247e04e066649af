import { multiaddr } from '@multiformats/multiaddr'
import { setTimeout as sleep } from 'node:timers/promises'
import { breakOff, sendData } from './data-protocol.js'
import type { Habit } from './habits.js'
import { isTcp, type Swarm, type SwarmNode } from './nodes.js'

/** What happens below the blocks: pings, bytes over a protocol of our own, resets, reconnects, visits over WebRTC. */
export function trafficHabits({ peers }: Swarm): Habit[] {
  const { alpha, beta, gamma, delta, epsilon } = {
    alpha: peers.alpha.libp2p,
    beta: peers.beta.libp2p,
    gamma: peers.gamma.libp2p,
    delta: peers.delta.libp2p,
    epsilon: peers.epsilon.libp2p,
  }
  return [
    { name: 'ping', everyMs: 500, act: () => gamma.services.ping.ping(alpha.getMultiaddrs().filter(isTcp)) },
    { name: 'send', everyMs: 700, act: () => sendData(gamma, alpha, 20_000 + Math.random() * 200_000) },
    { name: 'fetch', everyMs: 900, act: () => sendData(beta, delta, 10_000 + Math.random() * 100_000) },
    { name: 'between the measured', everyMs: 1_100, act: () => sendData(alpha, beta, 50_000) },
    { name: 'reset', everyMs: 1_300, act: () => breakOff(delta, beta) },
    { name: 'webrtc-direct', everyMs: 5_000, act: () => visit(epsilon, alpha) },
    { name: 'reconnect', everyMs: 4_000, act: () => delta.hangUp(beta.peerId) },
    // nobody listens on the discard port: a dial that always fails
    { name: 'dial nobody', everyMs: 3_000, act: () => alpha.dial(multiaddr('/ip4/127.0.0.1/tcp/9')) },
  ]
}

/** Dials over WebRTC, pings, and leaves. */
async function visit(from: SwarmNode, to: SwarmNode): Promise<void> {
  const addresses = to.getMultiaddrs().filter((address) => address.toString().includes('/webrtc-direct'))
  const connection = await from.dial(addresses)
  await from.services.ping.ping(to.peerId)
  await sleep(2_000)
  await connection.close()
}
