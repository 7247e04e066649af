import { isFunction, isObject, safeGet } from '@tidegauge/attach'
import type { HeliaLike, IpnsLike } from './shapes.js'

/** What a router of IPNS is: the local store, the way to Helia's routers, or one that takes records itself. */
export type RouterKind = 'local store' | 'helia' | 'taker'

/**
 * Tells what a router is by what it leads to, which other versions share; where that is hidden, by its text in
 * `@helia/ipns` 10.
 */
export function kindOf(router: object, name: IpnsLike, helia: Partial<HeliaLike>): RouterKind {
  if (leadsTo(router, 'localStore', safeGet(name, 'localStore'))) return 'local store'
  if (leadsTo(router, 'routing', safeGet(helia, 'routing'))) return 'helia'
  const label = describeRouter(router)
  if (label === 'LocalStoreRouting') return 'local store'
  return label === 'HeliaRouting' ? 'helia' : 'taker'
}

/** Whether a router of Helia is its way to libp2p. */
export function isLibp2pRouter(router: object, helia: Partial<HeliaLike>): boolean {
  return describeRouter(router) === 'libp2p-router' || leadsTo(router, 'libp2p', safeGet(helia, 'libp2p'))
}

function leadsTo(router: object, field: string, target: unknown): boolean {
  return isObject(target) && safeGet(router, field) === target
}

/** What a router calls itself: `HeliaRouting` for `HeliaRouting()`. Helia's own routers have a name. */
export function describeRouter(router: unknown): string {
  const name = safeGet(router, 'name')
  if (typeof name === 'string' && name !== '') return name
  const text = textOf(router).replace(/\(.*/s, '')
  if (text !== '' && !text.startsWith('[object')) return text
  const constructor = safeGet(router, 'constructor')
  return isFunction(constructor) && constructor !== Object ? constructor.name : 'unknown'
}

function textOf(router: unknown): string {
  const toText = safeGet(router, 'toString')
  if (!isFunction(toText)) return ''
  try {
    return String(Reflect.apply(toText, router, []))
  } catch {
    return ''
  }
}
