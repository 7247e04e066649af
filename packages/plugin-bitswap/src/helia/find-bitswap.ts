import { safeGet } from '@tidegauge/attach'
import { describeThrown } from '@tidegauge/core'
import type { BitswapLike, ComponentsLike, HeliaLike } from './shapes.js'

/** The bitswap of a node, or why there is none, in words. */
export type Found = { readonly bitswap: BitswapLike } | { readonly missing: string }

/** The versions whose inner life is known here. */
export const KNOWN_VERSIONS = 'helia 7.1 with @helia/bitswap 4.0'

/** What a node answered when it was asked for its components. */
export interface Answer {
  components?: ComponentsLike
  /** Why it gave none. */
  failure: string
}

/**
 * Asks a node for its components: Helia hands them to any factory of a router. Ours throws while it is asked, so that
 * no router of ours ever stays with the node. To be asked once for each node.
 */
export function askComponents(helia: HeliaLike): Answer {
  const refusal = new Error('tidegauge only looks at the components')
  const answer: Answer = { failure: '' }
  let isAsking = true
  try {
    helia.addRouter((components) => {
      answer.components = components as ComponentsLike
      // a Helia that calls factories later, in its start, must not be broken by ours
      if (isAsking) throw refusal
      return { name: 'tidegauge-probe' }
    })
  } catch (thrown) {
    if (thrown !== refusal) answer.failure = `, which failed: ${describeThrown(thrown)}`
  } finally {
    isAsking = false
  }
  return answer
}

/** Finds the bitswap of a Helia node among its block brokers. It is there from the node's first start on. */
export function findBitswap(helia: HeliaLike, { components, failure }: Answer): Found {
  // a plain field of the node too, though its type keeps it private
  const brokers = components?.blockBrokers ?? safeGet(helia, 'blockBrokers')
  if (!Array.isArray(brokers))
    return lost('the block brokers', `helia.addRouter(factory), components.blockBrokers${failure}`)
  const broker = brokers.find(
    (one: unknown) => (one as { name?: unknown } | undefined)?.name === 'bitswap',
  ) as { readonly bitswap?: BitswapLike } | undefined
  if (broker === undefined) {
    const names = brokers.map((one: { name?: unknown }) => String(one.name)).join(', ')
    return {
      missing: `this Helia has no bitswap: its block brokers are [${names}]; make it with withBitswap(…), or with createHelia`,
    }
  }
  const { bitswap } = broker
  if (typeof bitswap !== 'object' || bitswap === null)
    return lost(
      'bitswap itself',
      `the field bitswap of the block broker "bitswap", which was ${typeof bitswap}`,
    )
  return { bitswap }
}

function lost(what: string, where: string): Found {
  return {
    missing: `could not find ${what} of this Helia: looked at ${where}, as known from ${KNOWN_VERSIONS}; ${WHAT_TO_DO}`,
  }
}

/** Ends each message about an internal that is not there. */
export const WHAT_TO_DO =
  'update @tidegauge/plugin-bitswap, or record with createBitswapRecorder() and pass it as source'
