import { readFileSync } from 'node:fs'
import { startTestHost } from '@tidegauge/testkit'
import { expect, it } from 'vitest'
import { createMySystemRecorder, instruments, mySystem } from '../src/index.js'

const readme = readFileSync(new URL('../README.md', import.meta.url), 'utf8')

it('exports what the README shows for the values that it records', async () => {
  const recorder = createMySystemRecorder()
  recorder.addCpu({ user: 1.5, system: 0.25 })
  recorder.setMemory({ heap: 10_485_760, external: 65_536 })
  recorder.warned('DeprecationWarning')
  const host = await startTestHost(mySystem({ source: recorder }))
  const exported = [...(await host.read())].map(([series, value]) => `${series} ${value}`)
  expect(/```text\n([^`]+)```/.exec(readme)?.[1].trim().split('\n')).toEqual(exported)
})

it('lists every instrument in the README', () => {
  for (const { name } of Object.values(instruments)) expect(readme).toContain(`\`${name}\``)
})
