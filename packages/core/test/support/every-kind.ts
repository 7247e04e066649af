import type { InstrumentTable, LabelSpecs } from '@tidegauge/core'

/** Every kind of instrument, without labels, with a closed one and with an open one. */
export const everyKind: InstrumentTable = {
  ...rows('plain'),
  ...rows('closed', { a: ['x', 'y'] }),
  ...rows('open', { a: {} }),
  plainRate: { kind: 'rate', name: 'plain_rate', help: 'R', of: 'plainCounter' },
  openRate: { kind: 'rate', name: 'open_rate', help: 'R', of: 'openCounter' },
}

function rows(prefix: string, labels: LabelSpecs = {}): InstrumentTable {
  const row = <const K extends string>(kind: K) => ({ kind, name: `${prefix}_${kind}`, help: 'H', labels })
  const table: InstrumentTable = {
    Counter: row('counter'),
    UpDown: row('up_down_counter'),
    Gauge: row('gauge'),
    Histogram: { ...row('histogram'), bounds: [1, 2, 4, 8] },
    Exponential: row('exponential_histogram'),
    Summary: row('summary'),
    States: { ...row('state_set'), states: ['on', 'off'] },
    Timer: { ...row('timer'), bounds: [1, 2] },
    Info: row('info'),
  }
  return Object.fromEntries(Object.entries(table).map(([key, value]) => [`${prefix}${key}`, value]))
}

/** Records a step with the handles; different numbers and labels for each. */
export function recordAll(all: any, step: number): void {
  const labels = { a: step % 2 === 0 ? 'x' : 'y' }
  for (const prefix of ['closed', 'open']) {
    all[`${prefix}Counter`].inc(labels, step)
    all[`${prefix}UpDown`].dec(labels, step)
    all[`${prefix}Gauge`].set(labels, step)
    for (const kind of ['Histogram', 'Exponential', 'Summary', 'Timer'])
      all[prefix + kind].observe(labels, step)
    all[`${prefix}States`].set(labels, step % 3 === 0 ? 'on' : 'off')
  }
  all.openInfo.set({ a: `${step}` })
  all.closedInfo.set(labels)
  all.plainInfo.set({})
  recordIn(boundOf(all, 'plain'), step)
}

/** The bound series of one label set, or the handles without labels. */
export function boundOf(all: any, prefix: string, labels?: { readonly a: string }) {
  const kinds = ['Counter', 'UpDown', 'Gauge', 'Histogram', 'Exponential', 'Summary', 'States', 'Timer']
  return Object.fromEntries(
    kinds.map((kind) => [
      kind,
      labels === undefined ? all[prefix + kind] : all[prefix + kind].labels(labels),
    ]),
  )
}

/** Records a step in bound series. */
export function recordIn(bound: any, step: number): void {
  bound.Counter.inc(step)
  bound.UpDown.inc(step)
  bound.Gauge.inc(step)
  for (const kind of ['Histogram', 'Exponential', 'Summary', 'Timer']) bound[kind].observe(step)
  bound.States.set(step % 3 === 0 ? 'off' : 'on')
}
