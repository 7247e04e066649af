import { ipns, type IPNS, type IPNSRouting } from '@helia/ipns'
import { start } from '@libp2p/interface'
import { createHeliaLight } from 'helia'
import { randomBytes } from 'node:crypto'
import type { Habit } from './habits.js'
import type { Swarm } from './nodes.js'

/** Names that nodes keep alive, and what publishes and looks them up. */
export interface Names {
  readonly alpha: IPNS
  readonly beta: IPNS
  /** Of a node without libp2p, whose names live in a registry that is closed half of the time. */
  readonly hermit: IPNS
  readonly habits: readonly Habit[]
  stop(): Promise<void>
}

/** How often names are looked at for a refresh; Helia's default is an hour. */
export const REPUBLISH_INTERVAL_MS = 5_000

/** Helia refreshes what has less than a day left, so that names of an hour are refreshed at every look. */
const ONE_HOUR_MS = 3_600_000

/** Starts to publish: names that are refreshed, one that isn't due for a day, and one that fails and backs off. */
export async function startNames({ peers: { alpha, beta, gamma } }: Swarm): Promise<Names> {
  const republishInterval = REPUBLISH_INTERVAL_MS
  const hermit = await createHeliaLight().start()
  const names = {
    alpha: ipns(alpha.helia, { republishInterval }),
    beta: ipns(beta.helia, { republishInterval }),
    hermit: ipns(hermit, { republishInterval, routers: [new OpeningHours(12_000)] }),
  }
  // an IPNS instance that is made after its node has started refreshes nothing before it is told to
  await start(names.alpha, names.beta, names.hermit)
  const content = await alpha.files.addBytes(randomBytes(100))
  const publish = (owner: keyof typeof names, key: string, lifetime?: number) =>
    names[owner].publish(key, content, {
      ...(lifetime !== undefined && { lifetime }),
      signal: AbortSignal.timeout(10_000),
    })
  const site = await publish('alpha', 'site', ONE_HOUR_MS)
  await publish('alpha', 'archive')
  await publish('hermit', 'diary', ONE_HOUR_MS)
  const gammas = ipns(gamma.helia)
  const lookUp = async (): Promise<void> => {
    const options = { nocache: true, signal: AbortSignal.timeout(5_000) }
    for await (const _ of gammas.resolve(site.publicKey, options));
  }
  return {
    ...names,
    habits: [
      { name: 'publish a name', everyMs: 7_000, act: () => publish('beta', 'feed', ONE_HOUR_MS) },
      { name: 'look a name up', everyMs: 2_000, act: lookUp },
    ],
    stop: async () => void (await hermit.stop()),
  }
}

/** A registry that is open and closed in turn: while it is closed, refreshes fail and their names back off. */
class OpeningHours implements IPNSRouting {
  readonly #records = new Map<string, Uint8Array>()
  readonly #turnMs: number
  readonly #opensAt = performance.now()

  constructor(turnMs: number) {
    this.#turnMs = turnMs
  }

  async put(name: Uint8Array, record: Uint8Array): Promise<void> {
    const turns = Math.floor((performance.now() - this.#opensAt) / this.#turnMs)
    if (turns % 2 === 1) throw new Error('the registry is closed')
    this.#records.set(Buffer.from(name).toString('hex'), record)
  }

  async get(name: Uint8Array): Promise<Uint8Array> {
    const record = this.#records.get(Buffer.from(name).toString('hex'))
    if (record === undefined) throw new Error('not a name of this registry')
    return record
  }

  toString(): string {
    return 'OpeningHours()'
  }
}
