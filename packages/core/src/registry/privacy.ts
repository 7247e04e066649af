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

/** The function for each mode that changes a value. One salt for a whole host. */
export function createTransforms(salt = randomBytes(16).toString('hex')): {
  readonly shorten: LabelTransform
  readonly hash: LabelTransform
} {
  return {
    shorten: (value) => (value.length > KEPT ? `*${value.slice(-KEPT)}` : value),
    hash: (value) =>
      createHash('sha256').update(salt).update('\0').update(value).digest('hex').slice(0, HASH_DIGITS),
  }
}
