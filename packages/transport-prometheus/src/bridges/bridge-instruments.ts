import { defineInstruments } from '@tidegauge/core'
import { dropReasons, skipReasons } from './source-family.js'

export type BridgeInstruments = ReturnType<typeof bridgeInstruments>

/** What a bridge tells about itself, under names of its own, so that several bridges fit into one host. */
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
      help: 'Samples of the source that are left out: no number, of a series that came twice, or not whole',
      labels: { reason: dropReasons },
    },
  })
}
