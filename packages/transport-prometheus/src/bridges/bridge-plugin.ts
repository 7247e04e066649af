import type { CollectContext, Plugin, PluginContext } from '@tidegauge/core'
import { version } from '../version.js'
import { bridgeInstruments, type BridgeInstruments } from './bridge-instruments.js'
import type { BridgeSettings } from './bridge-options.js'
import { FamilyRecorder } from './family-recorder.js'

/** Reads the metrics of another library into a recorder. */
export interface BridgeReader {
  /** Runs one collect pass. Rejects with `COLLECT_FAILED`. */
  read(pass: Pick<CollectContext, 'signal' | 'deadlineMs'>): Promise<void>
}

/** Makes the plugin of a bridge. `createReader` is called at every start. */
export function bridgePlugin(
  settings: BridgeSettings,
  createReader: (recorder: FamilyRecorder, context: PluginContext<BridgeInstruments>) => BridgeReader,
): Plugin<BridgeInstruments> {
  let recorder: FamilyRecorder | undefined
  let reader: BridgeReader | undefined
  const clear = () => {
    recorder?.clear()
    recorder = undefined
    reader = undefined
  }
  return {
    name: settings.name,
    version,
    apiLevel: 1,
    instruments: bridgeInstruments(settings.name),
    start(context) {
      clear()
      recorder = new FamilyRecorder(context, settings)
      reader = createReader(recorder, context)
    },
    collect: (pass) => reader?.read(pass),
    stop: clear,
  }
}
