import * as successor from '@prometheus-io/client'
import promClient from 'prom-client'

/** Both libraries, with the types of one: they do not differ in what the tests use. */
export const libraries = [
  ['prom-client', promClient],
  ['@prometheus-io/client', successor as unknown as typeof promClient],
] as const
