import type { ValueRules } from './sanitise.js'
import type { NameForm } from './tag-style.js'
import type { Tag } from './tags.js'

/** How lines are written: the options of `statsd()` that concern the encoding, checked and complete. */
export interface LineSettings extends ValueRules {
  readonly names: NameForm
  /** Comes before every name, unchanged. */
  readonly prefix: string
  readonly globalTags: readonly Tag[]
  readonly histograms: 'buckets' | 'quantiles'
  readonly quantiles: readonly number[]
  readonly unchangedGauges: 'resend' | 'skip'
  readonly counters: 'exact' | 'whole'
}
