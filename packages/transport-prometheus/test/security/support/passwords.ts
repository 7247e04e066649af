import { hashSync } from 'bcryptjs'

/** Hashes of low cost, so that tests are fast. */
export const hashes = {
  alice: hashSync('wonderland', 4),
  bob: hashSync('builder', 4),
}
