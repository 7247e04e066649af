import { expect, test } from 'vitest'
import { everyKind, recordEveryKind } from '../support/every-kind.js'
import { expectGolden } from '../support/golden.js'
import { startPages } from '../support/start-pages.js'

test('JSON carries every kind as in the golden file', async () => {
  const { instruments, get } = await startPages(everyKind)
  recordEveryKind(instruments)
  const { text, headers } = await get('/metrics', { accept: 'application/json' })
  expect(headers.get('content-type')).toBe('application/json; charset=utf-8')
  expectGolden('every-kind.json', text)
})

test('JSON has a label called constructor, and numbers that JSON lacks as strings', async () => {
  const { instruments, get } = await startPages({
    level: { kind: 'gauge', name: 'level', help: 'h', labels: { constructor: {} } },
  })
  instruments.level.set({ constructor: 'x' }, Infinity)
  const [family] = JSON.parse((await get('/metrics', { accept: 'application/json' })).text)
  expect(Object.entries(family.series[0].labels)).toEqual([['constructor', 'x']])
  expect(family.series[0].value).toBe('+Inf')
})
