import { describeThrown, describeValue } from '@tidegauge/core'
import { HELIA, IPNS, type HeliaSettings } from '../options.js'
import { isHelia, isIpns, nodeOf, type NodeLike, type Replaceable } from './shapes.js'

/** The node of now; or undefined when there is none. */
export type FoundNode = { readonly node: NodeLike | undefined } | { readonly problem: string }

/**
 * Returns the node of now, from the options: a function is called. A problem is that one failed, or returned something
 * else, so that the node of now is not known. Never throws.
 */
export function findNode(settings: Pick<HeliaSettings, 'name' | 'helia'>): FoundNode {
  const name = valueOf(settings.name, 'name', isIpns, IPNS)
  const helia = valueOf(settings.helia, 'helia', isHelia, HELIA)
  if ('problem' in name) return name
  if ('problem' in helia) return helia
  return { node: name.value === undefined ? undefined : nodeOf(name.value, helia.value) }
}

function valueOf<T extends object>(
  option: Replaceable<T> | undefined,
  path: string,
  isExpected: (value: unknown) => value is T,
  expected: string,
): { readonly value: T | undefined } | { readonly problem: string } {
  if (typeof option !== 'function') return { value: option }
  try {
    const value = option()
    if (value === undefined || isExpected(value)) return { value }
    return { problem: `the function ${path} returned ${describeValue(value)}, expected ${expected}` }
  } catch (thrown) {
    return { problem: `the function ${path} failed: ${describeThrown(thrown)}` }
  }
}
