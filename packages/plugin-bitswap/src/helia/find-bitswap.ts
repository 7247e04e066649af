import { isObject, safeGet } from '@tidegauge/attach'
import { describeThrown } from '@tidegauge/core'
import { KNOWN_VERSIONS, WHAT_TO_DO } from './internals.js'
import type { BitswapLike, ComponentsLike, HeliaLike } from './shapes.js'

/** The bitswap of a node, or why it was not found. */
export type FoundBitswap = { readonly bitswap: BitswapLike } | { readonly problem: string }

/** What a node returned when it was asked for its components. */
export interface ComponentsAnswer {
  /** May be set later: a Helia may call the factory when it starts. */
  components?: ComponentsLike
  /** Why it returned none, as the end of a sentence. */
  failure: string
}

/**
 * Asks a node for its components: Helia passes them to any factory of a router. This factory throws, so that the node
 * gets no router. Call it once for each node.
 */
export function askComponents(helia: HeliaLike): ComponentsAnswer {
  const refusal = new Error('tidegauge only reads the components')
  const answer: ComponentsAnswer = { failure: '' }
  let isAsking = true
  try {
    helia.addRouter((components) => {
      answer.components = components as ComponentsLike
      // an error would break the start of a Helia that calls factories then
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

/** Finds the bitswap of a Helia node among its block brokers, where it is from the node's first start. */
export function findBitswap(helia: HeliaLike, { components, failure }: ComponentsAnswer): FoundBitswap {
  // the node has this field too, although its type declares it private
  const brokers = components?.blockBrokers ?? safeGet(helia, 'blockBrokers')
  if (!Array.isArray(brokers))
    return notFound('the block brokers', `helia.addRouter(factory), components.blockBrokers${failure}`)
  const broker = (brokers as unknown[]).find((one) => safeGet(one, 'name') === 'bitswap')
  if (broker === undefined) {
    const names = brokers.map((one) => String(safeGet(one, 'name'))).join(', ')
    return {
      problem: `this Helia has no bitswap: its block brokers are [${names}]; create it with withBitswap(…), or with createHelia`,
    }
  }
  const bitswap = safeGet(broker, 'bitswap')
  if (isObject(bitswap)) return { bitswap }
  return notFound(
    'bitswap itself',
    `the field bitswap of the block broker "bitswap", which was ${typeof bitswap}`,
  )
}

function notFound(what: string, where: string): FoundBitswap {
  return {
    problem: `could not find ${what} of this Helia in ${where}, as known from ${KNOWN_VERSIONS}; ${WHAT_TO_DO}`,
  }
}
