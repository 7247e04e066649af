import { createHash, randomBytes } from 'node:crypto'
import type { PrivacyClass } from '../definition/definition.js'
import type { LabelTransform } from '../storage/label-reader.js'

/**
 * What becomes of a label value: `keep` it, `shorten` it to its last ten characters, `hash` it with the host's
 * salt to 16 hexadecimal digits, or `drop` the label.
 */
export type PrivacyMode = 'keep' | 'shorten' | 'hash' | 'drop'

/** The host's rules. Anything not named keeps its default. */
export type PrivacyRules = Partial<Record<PrivacyClass, PrivacyMode>> & {
  /** Makes hashes equal between restarts and hosts. Default: random, so that they can't be looked up. */
  readonly salt?: string
}

export const privacyModes: readonly PrivacyMode[] = ['keep', 'shorten', 'hash', 'drop']

/** Peer ids and content ids stay recognizable; what names a person or a machine does not. */
export const defaultPrivacy: Readonly<Record<PrivacyClass, PrivacyMode>> = {
  peer_id: 'shorten',
  cid: 'shorten',
  ip: 'hash',
  address: 'hash',
  account: 'hash',
}

const KEPT = 10
const HASH_DIGITS = 16

/** The host's privacy rules with their functions. One salt for a whole host. */
export class PrivacyPolicy {
  readonly #rules: PrivacyRules
  readonly #salt: string

  constructor(rules: PrivacyRules = {}) {
    this.#rules = rules
    this.#salt = rules.salt ?? randomBytes(16).toString('hex')
  }

  /** What happens to the values of a class. */
  modeOf(privacy: PrivacyClass | undefined): PrivacyMode {
    return privacy === undefined ? 'keep' : (this.#rules[privacy] ?? defaultPrivacy[privacy])
  }

  /** The value as it may leave the process; undefined when it must not. */
  apply(privacy: PrivacyClass, value: string): string | undefined {
    const mode = this.modeOf(privacy)
    if (mode === 'drop') return undefined
    return mode === 'keep' ? value : this.transform(mode)(value)
  }

  /** The function of a mode that changes values. */
  transform(mode: 'shorten' | 'hash'): LabelTransform {
    return mode === 'shorten' ? shorten : (value) => this.#hash(value)
  }

  #hash(value: string): string {
    return createHash('sha256')
      .update(this.#salt)
      .update('\0')
      .update(value)
      .digest('hex')
      .slice(0, HASH_DIGITS)
  }
}

function shorten(value: string): string {
  return value.length > KEPT ? `*${value.slice(-KEPT)}` : value
}
