import type { Attempt, AttemptBook } from './attempts.js'
import { followDht, isKadDht } from './dht.js'
import type { RouterTotals } from './router-totals.js'
import { fieldOf, hasMethod, type HeliaLike, type IpnsLike } from './shapes.js'
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
  /** Begins an attempt, or finds the one that is under way. */
  readonly open: FindAttempt
}

/**
 * Follows every router that records are handed to, those that were added since the last time too.
 *
 * Routers of IPNS are where an attempt begins. Behind the one for Helia are Helia's own, and behind the one for libp2p
 * libp2p's: each of these is followed by itself, because a router that contains others rejects with the first of them
 * while the rest goes on. Returns what could not be found.
 */
export function followRouters(parts: RouterParts): string[] {
  const { taps, open } = parts
  return parts.name.routers.flatMap((router) => {
    const label = describeRouter(router)
    if (label === 'LocalStoreRouting') {
      followPassage(router, open, taps)
      return []
    }
    if (label !== 'HeliaRouting') {
      followTaker(router, label, open, parts)
      return []
    }
    const inner = fieldOf(fieldOf(router, 'routing') ?? parts.helia.routing, 'routers')
    if (Array.isArray(inner)) followPassage(router, open, taps)
    else followTaker(router, label, open, parts)
    return Array.isArray(inner) ? followHelia(inner, parts) : ['helia.routing.routers']
  })
}

function followHelia(routers: readonly unknown[], parts: RouterParts): string[] {
  const find: FindAttempt = (args) => parts.attempts.find(args[1])
  return routers.flatMap((router) => {
    if (!hasMethod(router, 'put')) return []
    const label = describeRouter(router)
    const isLibp2p = label === 'libp2p-router'
    const libp2p = isLibp2p ? (fieldOf(router, 'libp2p') ?? fieldOf(parts.helia, 'libp2p')) : undefined
    const services = fieldOf(libp2p, 'services')
    if (typeof services === 'object' && services !== null) {
      followPassage(router, find, parts.taps)
      followLibp2p(libp2p, services, find, parts)
      return []
    }
    followTaker(router, label, find, parts)
    return isLibp2p ? ['helia.libp2p.services'] : []
  })
}

function followLibp2p(libp2p: unknown, services: object, find: FindAttempt, parts: RouterParts): void {
  const ofDhts = new Set<unknown>()
  const others = new Map<unknown, string>()
  for (const [label, service] of Object.entries(services) as [string, unknown][]) {
    const router = fieldOf(service, contentRouting)
    if (router === undefined) continue
    if (!isKadDht(service)) others.set(router, label)
    else {
      ofDhts.add(router)
      followDht(service, label, find, parts)
    }
  }
  // those that createLibp2p was given as contentRouters are no services
  const all = fieldOf(fieldOf(libp2p, 'contentRouting'), 'routers')
  for (const router of Array.isArray(all) ? (all as unknown[]) : [])
    if (!ofDhts.has(router) && !others.has(router)) others.set(router, describeRouter(router))
  for (const [router, label] of others) if (hasMethod(router, 'put')) followTaker(router, label, find, parts)
}

/** A router that resolves has taken the record. */
function followTaker(router: object, label: string, find: FindAttempt, { taps, totals }: RouterParts): void {
  totals.know(label)
  taps.follow(router, 'put', (args) => {
    const attempt = find(args)
    attempt?.begin()
    return (
      attempt && {
        ended(ok) {
          totals.count(label, ok)
          if (ok) attempt.succeed()
          attempt.end()
        },
      }
    )
  })
}

/** A router that takes nothing itself: what counts is what is behind it, if anything is. */
function followPassage(router: object, find: FindAttempt, taps: Taps): void {
  taps.follow(router, 'put', (args) => {
    const attempt = find(args)
    attempt?.begin()
    return attempt && { ended: () => attempt.end() }
  })
}

/** What a router calls itself: `HeliaRouting` for `HeliaRouting()`. Helia's own routers have a name. */
export function describeRouter(router: unknown): string {
  const name = fieldOf(router, 'name')
  if (typeof name === 'string' && name !== '') return name
  const text = textOf(router).replace(/\(.*/s, '')
  if (text !== '' && !text.startsWith('[object')) return text
  const constructor = fieldOf(router, 'constructor')
  return typeof constructor === 'function' && constructor !== Object ? constructor.name : 'unknown'
}

function textOf(router: unknown): string {
  const toText = fieldOf(router, 'toString')
  if (typeof toText !== 'function') return ''
  try {
    return String(toText.call(router))
  } catch {
    return ''
  }
}
