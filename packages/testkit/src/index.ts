export { lintNames } from './lint-names.js'
export { createManualClock, settle, type ManualClock } from './manual-clock.js'
export {
  createMemoryTransport,
  type MemoryTransport,
  type PlainFamily,
  type PlainSeries,
} from './memory-transport.js'
export { leftOpen, openResources } from './open-resources.js'
export { testPlugin, type PluginUnderTest } from './plugin-suite.js'
export { testTransport, type ReceivedSample, type TransportUnderTest } from './transport-suite.js'
