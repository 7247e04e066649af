import { expect, test } from 'vitest'
import { everyKind, recordEveryKind } from '../support/every-kind.js'
import { expectGolden } from '../support/golden.js'
import { runHost } from '../support/run-host.js'

test('JSON carries every kind as the golden file says', async () => {
  const { instruments, get } = await runHost(everyKind)
  recordEveryKind(instruments)
  const { text, headers } = await get('/metrics', { accept: 'application/json' })
  expect(headers.get('content-type')).toBe('application/json; charset=utf-8')
  expectGolden('every-kind.json', text)
})

test('JSON keeps a label called __proto__ and numbers that JSON lacks', async () => {
  const { instruments, get } = await runHost({
    level: { kind: 'gauge', name: 'level', help: 'h', labels: { ['__proto__']: {} } },
  })
  instruments.level.set(Object.fromEntries([['__proto__', 'x']]) as never, Infinity)
  const [family] = JSON.parse((await get('/metrics', { accept: 'application/json' })).text)
  expect(Object.entries(family.series[0].labels)).toEqual([['__proto__', 'x']])
  expect(family.series[0].value).toBe('+Inf')
})
