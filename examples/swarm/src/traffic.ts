import { multiaddr } from '@multiformats/multiaddr'
import { setTimeout as sleep } from 'node:timers/promises'
import { breakOff, isTcp, sendData } from './data-protocol.js'
import type { Swarm } from './nodes.js'

/** One thing that happens again and again. */
interface Habit {
  readonly name: string
  readonly everyMs: number
  act(): Promise<unknown>
}

/** What the nodes do to each other until the signal. Failures are part of it, and are counted. */
export interface Traffic {
  readonly failures: ReadonlyMap<string, number>
  /** Resolves when everything that was under way has ended. */
  readonly ended: Promise<void>
}

export function startTraffic(swarm: Swarm, signal: AbortSignal): Traffic {
  const failures = new Map<string, number>()
  const ended = Promise.all(habitsOf(swarm).map((habit) => keepUp(habit, signal, failures))).then(() => {})
  return { failures, ended }
}

function habitsOf({ nodes: { alpha, beta, gamma, delta, epsilon } }: Swarm): Habit[] {
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
async function visit(from: Swarm['nodes']['alpha'], to: Swarm['nodes']['alpha']): Promise<void> {
  const addresses = to.getMultiaddrs().filter((address) => address.toString().includes('/webrtc-direct'))
  const connection = await from.dial(addresses)
  await from.services.ping.ping(to.peerId)
  await sleep(2_000)
  await connection.close()
}

async function keepUp(habit: Habit, signal: AbortSignal, failures: Map<string, number>): Promise<void> {
  while (!signal.aborted) {
    await habit.act().catch(() => failures.set(habit.name, (failures.get(habit.name) ?? 0) + 1))
    await sleep(habit.everyMs, undefined, { signal }).catch(() => {})
  }
}
