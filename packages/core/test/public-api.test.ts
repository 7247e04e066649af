import * as api from '@tidegauge/core'
import { readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'

const index = readFileSync(new URL('../src/index.ts', import.meta.url), 'utf8')

/** Every name that the index exports, types included. */
function exportedNames(source: string): string[] {
  const lists = [...source.matchAll(/export (type )?\{([^}]*)\}/g)].flatMap(([, isType, list]) =>
    list
      .split(',')
      .map((name) => name.trim())
      .filter((name) => name !== '')
      .map((name) => (isType ? `type ${name}` : name)),
  )
  return lists.sort()
}

describe('the public surface', () => {
  test('has these values and no other', () => {
    expect(Object.keys(api).sort()).toEqual([
      'Calculation',
      'CollectError',
      'ExportError',
      'LifecycleError',
      'Notices',
      'OVERFLOW_VALUE',
      'OptionCheck',
      'OptionsError',
      'RegistrationError',
      'SeriesReader',
      'TidegaugeError',
      'UndoList',
      'apiLevel',
      'bucketUpperBound',
      'collectParts',
      'coreVersion',
      'createTidegauge',
      'defineInstruments',
      'definePlugin',
      'describeThrown',
      'describeValue',
      'errorCodes',
      'followGenerator',
      'hearOutcome',
      'isFunction',
      'isObject',
      'isThenable',
      'peek',
      'peekMethod',
      'replaceMethod',
      'selfInstruments',
      'settleInTime',
      'silentLogger',
      'systemClock',
      'tapMethod',
    ])
  })

  test('has these types and no other', () => {
    const types = exportedNames(index).filter((name) => name.startsWith('type '))
    expect(types.map((name) => name.slice(5))).toEqual([
      'Activity',
      'AnyFunction',
      'AttributeValue',
      'BucketRun',
      'Clock',
      'CollectContext',
      'CollectRequest',
      'ComponentHealth',
      'ComponentState',
      'Counter',
      'CounterDefinition',
      'Distribution',
      'DropReason',
      'ErrorCode',
      'ErrorDetails',
      'EventListener',
      'EventRecord',
      'EventSink',
      'Exemplar',
      'ExponentialBuckets',
      'ExponentialHistogramDefinition',
      'ExponentialRun',
      'ExponentialTotals',
      'ExportOutcome',
      'FamilyView',
      'Gauge',
      'GaugeDefinition',
      'GeneratorListener',
      'HandleOf',
      'Handles',
      'HealthReport',
      'HistogramDefinition',
      'HistogramTotals',
      'HostDescription',
      'HostState',
      'Info',
      'InfoDefinition',
      'Instrument',
      'InstrumentDefinition',
      'InstrumentTable',
      'LabelDefinition',
      'LabelSpec',
      'LabelSpecs',
      'LabelValue',
      'Labelled',
      'LabelledCounter',
      'LabelledDistribution',
      'LabelledGauge',
      'LabelledStateSet',
      'LabelledTimer',
      'LabelledTotalledDistribution',
      'LabelledUpDownCounter',
      'LabelsOf',
      'Logger',
      'OptionIssue',
      'OutcomeListener',
      'Plugin',
      'PluginContext',
      'PrivacyClass',
      'PrivacyMode',
      'PrivacyRules',
      'RateDefinition',
      'ReadFilter',
      'Reduction',
      'RunningTimer',
      'SeriesKind',
      'Severity',
      'SlidingWindow',
      'SourceExemplar',
      'StateSet',
      'StateSetDefinition',
      'StoredExemplar',
      'StringPool',
      'SummaryDefinition',
      'SummaryTotals',
      'Tap',
      'TideEvent',
      'Tidegauge',
      'TidegaugeOptions',
      'Timer',
      'TimerDefinition',
      'TotalledDistribution',
      'Transport',
      'TransportContext',
      'Undo',
      'UpDownCounter',
      'UpDownCounterDefinition',
      'UseOptions',
      'View',
    ])
  })

  test('is written out: every name in the index is one of them', () => {
    expect(index).not.toMatch(/export \*|export default/)
    expect(exportedNames(index).filter((name) => !name.startsWith('type '))).toEqual(Object.keys(api).sort())
  })
})
