import { runInThisContext } from 'node:vm'
import { expect, it } from 'vitest'
import { doesNothing } from '../../../src/helia/advertisement/no-op.js'

/** From text, so that no bundler changes it. */
function evaluate(text: string): (...args: never[]) => unknown {
  return runInThisContext(`({ ${text} })`).provide
}

it.each([
  'provide() {}',
  'async provide(cid, options) {\n  // noop\n }',
  'async provide(cid, options = {}) { /* nothing: { yet } */ }',
  'async provide(e,t){}',
  'provide: async () => {}',
  'provide: async function (cid) { return }',
  'provide(cid) { return undefined; }',
  'provide(cid) { return void 0 }',
  'provide: (cid) => { return Promise.resolve(); }',
])('recognises that this does nothing: %s', (text) => {
  expect(doesNothing(evaluate(text))).toBe(true)
})

it.each([
  'provide(cid) { return fetch(cid) }',
  'async provide(cid) { await fetch("http://127.0.0.1/") }',
  'provide: (cid) => fetch(cid)',
  'provide: async (cid) => ({})',
  'provide(cid) { if (fetch(cid)) {} }',
  'provide(cid) { while (fetch(cid)) { } }',
  'provide(cid) { fetch("/*"); return }',
  'provide(cid) { fetch("//"); return\n}',
  'provide(cid) { return Promise.resolve(cid) }',
  'async provide(cid, now = fetch(cid)) { return now }',
  'provide: fetch',
  'provide: ((cid) => {}).bind(null)',
])('takes this to do something: %s', (text) => {
  expect(doesNothing(evaluate(text))).toBe(false)
})

it('reads a long text in linear time', () => {
  const long = evaluate(`provide() { return "${'/* '.repeat(60_000)}" }`)
  const begin = performance.now()
  expect(doesNothing(long)).toBe(false)
  // each comment that never ends, looked for to the end of the text, would take seconds
  expect(performance.now() - begin).toBeLessThan(1_000)
})
