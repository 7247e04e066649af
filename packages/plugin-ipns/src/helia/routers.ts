import { isObject, safeGet, safeGetMethod } from '@tidegauge/attach'
import type { Attempt, AttemptBook } from './attempts.js'
import { followDht, isKadDht } from './dht.js'
import type { OpenPuts } from './open-puts.js'
import { describeRouter, isLibp2pRouter, kindOf } from './router-kinds.js'
import type { RouterTotals } from './router-totals.js'
import type { HeliaLike, IpnsLike } from './shapes.js'
import type { Taps } from './tap.js'

const contentRouting = Symbol.for('@libp2p/content-routing')

/** The attempt that a call of `put` belongs to, by its arguments. */
export type FindAttempt = (args: readonly unknown[]) => Attempt | undefined

/** What following the routers needs. */
export interface RouterParts {
  readonly name: IpnsLike
  readonly helia: Partial<HeliaLike>
  readonly taps: Taps
  readonly attempts: AttemptBook
  readonly totals: RouterTotals
  readonly openPuts: OpenPuts
  /** Begins an attempt, or finds the one that is under way. */
  readonly open: FindAttempt
}

/**
 * Follows every router that records are handed to, those that were added since the last time too.
 *
 * Routers of IPNS are where an attempt begins. Behind the one for Helia are Helia's own, and behind the one for libp2p
 * libp2p's: each of these is followed by itself, because a router that contains others rejects with the first of them
 * while the rest goes on. Returns what could not be found: the local store, taken for a router that takes records,
 * would make every attempt a success.
 */
export function followRouters(parts: RouterParts): string[] {
  const { open, name } = parts
  const missing = new Set(['the local store in name.routers', 'the routing of Helia in name.routers'])
  for (const router of name.routers) {
    const kind = kindOf(router, name, parts.helia)
    if (kind === 'local store') {
      missing.delete('the local store in name.routers')
      followPassage(router, open, parts)
    } else if (kind === 'helia') {
      missing.delete('the routing of Helia in name.routers')
      for (const one of followHeliaRouting(router, parts)) missing.add(one)
    } else followTaker(router, describeRouter(router), open, parts)
  }
  return [...missing]
}

function followHeliaRouting(router: object, parts: RouterParts): string[] {
  const inner = safeGet(safeGet(router, 'routing') ?? parts.helia.routing, 'routers')
  if (Array.isArray(inner)) {
    followPassage(router, parts.open, parts)
    return followHelia(inner, parts)
  }
  followTaker(router, describeRouter(router), parts.open, parts)
  return ['helia.routing.routers']
}

function followHelia(routers: readonly unknown[], parts: RouterParts): string[] {
  const find: FindAttempt = (args) => parts.attempts.find(args[1])
  return routers.flatMap((router) => {
    if (!isObject(router) || safeGetMethod(router, 'put') === undefined) return []
    const isLibp2p = isLibp2pRouter(router, parts.helia)
    const libp2p = isLibp2p ? (safeGet(router, 'libp2p') ?? safeGet(parts.helia, 'libp2p')) : undefined
    const services = safeGet(libp2p, 'services')
    if (isObject(services)) {
      followPassage(router, find, parts)
      followLibp2p(libp2p, services, find, parts)
      return []
    }
    followTaker(router, describeRouter(router), find, parts)
    return isLibp2p ? ['helia.libp2p.services'] : []
  })
}

function followLibp2p(libp2p: unknown, services: object, find: FindAttempt, parts: RouterParts): void {
  const dhts = new Map<object, string>()
  const others = new Map<object, string>()
  const sort = (router: unknown, label: string, service?: unknown): void => {
    if (!isObject(router)) return
    // the content router of a kad-dht keeps its DHT in `dht`: one that was not given as a service is found there
    const dht = [service, safeGet(router, 'dht')].find(isKadDht)
    if (dht !== undefined) dhts.set(dht, dhts.get(dht) ?? label)
    else others.set(router, others.get(router) ?? label)
  }
  for (const [label, service] of Object.entries(services) as [string, unknown][])
    sort(safeGet(service, contentRouting), label, service)
  // those that createLibp2p was given as contentRouters are no services
  const all = safeGet(safeGet(libp2p, 'contentRouting'), 'routers')
  for (const router of Array.isArray(all) ? (all as unknown[]) : []) sort(router, describeRouter(router))
  for (const [dht, label] of dhts) followDht(dht, label, find, parts)
  for (const [router, label] of others)
    if (safeGetMethod(router, 'put') !== undefined) followTaker(router, label, find, parts)
}

/** A router that resolves has taken the record. */
function followTaker(router: object, label: string, find: FindAttempt, parts: RouterParts): void {
  const { taps, totals, openPuts } = parts
  totals.know(label)
  taps.follow(router, 'put', (args) => {
    const attempt = find(args)
    if (attempt === undefined) return undefined
    attempt.begin()
    const answered = openPuts.begin(label, 'taker')
    return {
      ended(ok) {
        answered()
        totals.count(label, ok)
        if (ok) attempt.succeed()
        attempt.end()
      },
    }
  })
}

/** A router that takes nothing itself: what counts is what is behind it, if anything is. */
function followPassage(router: object, find: FindAttempt, { taps, openPuts }: RouterParts): void {
  taps.follow(router, 'put', (args) => {
    const attempt = find(args)
    if (attempt === undefined) return undefined
    attempt.begin()
    const answered = openPuts.begin(describeRouter(router), 'passage')
    return {
      ended() {
        answered()
        attempt.end()
      },
    }
  })
}
