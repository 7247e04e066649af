export { debianFile, debianProgram } from './debian-program.js'
export { lintNames } from './lint-names.js'
export { createManualClock, flushPromises, type ManualClock } from './manual-clock.js'
export {
  createMemoryTransport,
  type MemoryTransport,
  type PlainFamily,
  type PlainSeries,
} from './memory-transport.js'
export { leftOpen, openResources } from './open-resources.js'
export { testPlugin, type PluginUnderTest } from './plugin-suite.js'
export { runs } from './runs.js'
export {
  loggerInto,
  startTestHost,
  until,
  type PluginsUnderTest,
  type TestHost,
  type TestHostOptions,
  type TestHostWithInstruments,
} from './test-host.js'
export { testTransport, type ReceivedSample, type TransportUnderTest } from './transport-suite.js'
