import { defineInstruments, type PluginContext } from '@tidegauge/core'

/** Why a metric is left out: the values of the label `reason`. */
export const skipReasons = ['name_clash', 'invalid', 'unsupported'] as const
/** See {@link skipReasons}. */
export type SkipReason = (typeof skipReasons)[number]

/** Why a sample is dropped: the values of the label `reason`. */
export const dropReasons = ['not_a_number', 'duplicate', 'malformed'] as const
/** See {@link dropReasons}. */
export type SampleDropReason = (typeof dropReasons)[number]

/** The instruments of one bridge. */
export type BridgeInstruments = ReturnType<typeof bridgeInstruments>

/** What a bridge needs of its plugin's context. */
export type BridgeContext = Pick<
  PluginContext<BridgeInstruments>,
  'instruments' | 'define' | 'forget' | 'logger'
>

/** What a bridge reports about itself. The names contain the plugin's name, so that a host can have several bridges. */
export function bridgeInstruments(pluginName: string) {
  const prefix = `tidegauge_${pluginName.replaceAll('-', '_')}`
  return defineInstruments({
    skipped: {
      kind: 'gauge',
      name: `${prefix}_skipped_metrics`,
      help: 'Metrics of the source that are left out, by reason; the log names each once',
      unit: 'metrics',
      labels: { reason: skipReasons },
    },
    dropped: {
      kind: 'counter',
      name: `${prefix}_dropped_samples_total`,
      help: 'Samples of the source that are dropped: not a number, a series that came twice, or an incomplete one',
      labels: { reason: dropReasons },
    },
  })
}
