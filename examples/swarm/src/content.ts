import { unixfs } from '@helia/unixfs'
import { randomBytes } from 'node:crypto'
import { CID } from 'multiformats/cid'
import { create as createDigest } from 'multiformats/hashes/digest'
import type { Habit } from './habits.js'
import type { Swarm, SwarmPeer } from './nodes.js'

/** Size of a block of file content. */
const BLOCK_BYTES = 16 * 1024
/** Code of sha2-256 in the multihash table, and of raw blocks in the multicodec table. */
const SHA2_256 = 0x12
const RAW = 0x55

/** What the nodes do with blocks: they publish files, fetch them, advertise and find them, and ask for what nobody has. */
export function contentHabits({ peers: { alpha, beta, gamma, delta, epsilon } }: Swarm): Habit[] {
  const shelf = new Shelf(alpha, 8)
  const betas = new Shelf(beta, 8)
  return [
    { name: 'publish a file', everyMs: 1_500, act: () => shelf.publish(32) },
    { name: 'publish a small file', everyMs: 2_500, act: () => betas.publish(12) },
    { name: 'fetch a file', everyMs: 800, act: () => shelf.lend((file) => fetchFile(beta, file)) },
    { name: 'fetch back', everyMs: 1_300, act: () => betas.lend((file) => fetchFile(alpha, file)) },
    // takes every file, and has none to give
    { name: 'be greedy', everyMs: 600, act: () => shelf.lend((file) => fetchFile(epsilon, file)) },
    { name: 'want what nobody has', everyMs: 2_000, act: () => wantMissing(beta) },
    {
      name: 'advertise and fetch',
      everyMs: 3_000,
      act: () => shelf.lend((file) => share(alpha, gamma, file)),
    },
    { name: 'advertise back', everyMs: 5_000, act: () => betas.lend((file) => advertise(beta, file)) },
    { name: 'find and fetch', everyMs: 4_000, act: () => shelf.lend((file) => find(delta, file)) },
    ...[alpha, beta, gamma, delta, epsilon].map((peer) => sweep(peer)),
  ]
}

/** The files that a node shares; the oldest make room for new ones. */
class Shelf {
  readonly #owner: SwarmPeer
  readonly #room: number
  readonly #files: CID[] = []

  constructor(owner: SwarmPeer, room: number) {
    this.#owner = owner
    this.#room = room
  }

  async publish(blocks: number): Promise<void> {
    const { files, helia } = this.#owner
    const file = await files.addByteStream(randomBlocks(blocks), { chunker: (source) => source })
    for await (const _ of helia.pins.add(file));
    this.#files.push(file)
    if (this.#files.length <= this.#room) return
    for await (const _ of helia.pins.rm(this.#files.shift()!));
  }

  /** Does something with one of the files, when there is one. */
  async lend(use: (file: CID) => Promise<unknown>): Promise<void> {
    const file = this.#files[Math.floor(Math.random() * this.#files.length)]
    if (file !== undefined) await use(file)
  }
}

async function* randomBlocks(count: number): AsyncGenerator<Uint8Array> {
  for (let block = 0; block < count; block++) yield randomBytes(BLOCK_BYTES)
}

async function fetchFile({ files }: SwarmPeer, file: CID): Promise<void> {
  for await (const _ of files.cat(file, { signal: AbortSignal.timeout(10_000) }));
}

async function inSession({ helia }: SwarmPeer, file: CID): Promise<void> {
  const session = helia.blockstore.createSession(file)
  try {
    const files = unixfs({ blockstore: session })
    for await (const _ of files.cat(file, { signal: AbortSignal.timeout(10_000) }));
  } finally {
    session.close()
  }
}

async function wantMissing({ helia }: SwarmPeer): Promise<void> {
  const missing = CID.createV1(RAW, createDigest(SHA2_256, randomBytes(32)))
  for await (const _ of helia.blockstore.get(missing, { signal: AbortSignal.timeout(1_500) }));
}

async function advertise({ helia }: SwarmPeer, file: CID): Promise<void> {
  await helia.routing.provide(file, { signal: AbortSignal.timeout(5_000) })
}

/** A session asks the advertised providers alone, each whether it has the file. */
async function share(from: SwarmPeer, to: SwarmPeer, file: CID): Promise<void> {
  await advertise(from, file)
  await inSession(to, file)
}

async function find(peer: SwarmPeer, file: CID): Promise<void> {
  const signal = AbortSignal.timeout(5_000)
  for await (const _ of peer.helia.routing.findProviders(file, { signal })) break
  await fetchFile(peer, file)
}

/** Forgets blocks that belong to no file on the shelf. */
function sweep({ helia }: SwarmPeer): Habit {
  return { name: 'sweep', everyMs: 20_000, act: () => helia.gc() }
}
