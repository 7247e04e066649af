/** Why a sample was dropped: the values of `tidegauge_dropped_samples_total{reason}`. */
export const dropReasons = [
  'not_a_number',
  'not_an_integer',
  'negative',
  'infinite',
  'label_missing',
  'label_type',
  'label_value',
  'label_unknown',
  'unknown_state',
  'exemplar_too_long',
  'pool_full',
] as const

export type DropReason = (typeof dropReasons)[number]
