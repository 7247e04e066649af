/** Programs with a host, as processes of their own: alive while something is waited for, and no longer. */
import { execFile } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { describe, expect, test } from 'vitest'
import { holdProcess } from '../../src/host/hold-process.js'

const head = `
  import { createTidegauge } from '@tidegauge/core'
  const hang = () => new Promise(() => {})
  const plugin = (parts) => ({ name: 'p', version: '1.0.0', apiLevel: 1, instruments: {}, ...parts })
  const transport = (parts) => ({ name: 't', version: '1.0.0', apiLevel: 1, start() {}, ...parts })
  const options = { logger: 'silent', stopTimeoutMs: 300 }
  const use = { timeoutMs: 300 }
  process.on('exit', () => console.log('exit'))
`

interface Ending {
  readonly code: number | null
  readonly output: string[]
  readonly tookMs: number
}

/** Runs a program against the built package, as a user's does. */
function run(program: string): Promise<Ending> {
  const cwd = fileURLToPath(new URL('../../../..', import.meta.url))
  const startedAtMs = performance.now()
  return new Promise((resolve) => {
    const args = ['--input-type=module', '-e', head + program]
    const child = execFile(process.execPath, args, { cwd, timeout: 20_000 }, (_, stdout, stderr) => {
      const output = [...stdout.trim().split('\n'), ...(stderr === '' ? [] : [stderr])]
      resolve({ code: child.exitCode, output, tookMs: performance.now() - startedAtMs })
    })
  })
}

describe('a process stays alive', () => {
  test.each([
    [
      'while a plugin hangs in its start',
      `const host = createTidegauge(options).use(plugin({ start: hang }), use)
       void host.start().then(() => console.log(host.health().plugins[0].state))`,
      ['down'],
    ],
    [
      'while a plugin hangs in its first pass that is awaited',
      `const host = createTidegauge(options).use(plugin({ collect: hang }), use)
       await host.start()
       console.log(host.health().plugins[0].state)`,
      ['down'],
    ],
    [
      'while a transport hangs in its flush',
      `const host = createTidegauge(options).export(transport({ flush: hang }))
       await host.start()
       await host.flush()
       console.log('flushed')`,
      ['flushed'],
    ],
    [
      'while both hang in their stop',
      `const host = createTidegauge(options).use(plugin({ stop: hang }), use).export(transport({ stop: hang }))
       await host.start()
       void host.stop().then(() => console.log(host.state))`,
      ['stopped'],
    ],
    [
      'while a plugin that is removed hangs',
      `const bad = plugin({ stop: hang })
       const host = createTidegauge(options).use(bad, use)
       await host.start()
       console.log(await host.remove(bad))`,
      ['true'],
    ],
    [
      'while start() waits for what was added later',
      `const host = createTidegauge(options)
       await host.start()
       host.use(plugin({ start: hang }), use)
       await host.start()
       console.log(host.health().plugins[0].state)`,
      ['down'],
    ],
    [
      'until a stop that was called during the start is over',
      `const host = createTidegauge(options).use(plugin({ start: hang, stop: hang }), use)
       void host.start()
       void host.stop().then(() => console.log(host.state))`,
      ['stopped'],
    ],
  ])('%s', async (_, program, output) => {
    expect(await run(program)).toMatchObject({ code: 0, output: [...output, 'exit'] })
  })
})

describe('a process ends by itself', () => {
  test.each([
    [
      'while a host runs, with ticks, and with retries of what failed',
      `const fail = () => { throw new Error('no') }
       const host = createTidegauge({ ...options, tolerate: 'all' })
         .use(plugin({}), { intervalMs: 1000 })
         .use(plugin({ name: 'q', start: fail }))
         .export(transport({ start: fail }))
       await host.start()
       console.log(host.state)`,
      ['running'],
    ],
    [
      'while a pass hangs that nobody waits for',
      `let passes = 0
       const host = createTidegauge(options)
         .use(plugin({ collect: () => (passes++ === 0 ? undefined : hang()) }), { intervalMs: 10, jitterRatio: 0 })
       await host.start()
       await new Promise((resolve) => setTimeout(resolve, 200))
       console.log(passes)`,
      ['2'],
    ],
    [
      'after a start that failed',
      `const host = createTidegauge(options).export(transport({ start: () => { throw new Error('taken') } }))
       await host.start().catch((error) => console.log(error.code))`,
      ['LIFECYCLE_TRANSPORT_START_FAILED'],
    ],
    [
      'after a stop, also of what still hangs',
      `const host = createTidegauge(options).use(plugin({ stop: hang }), use).export(transport({ flush: hang }))
       await host.start()
       await host.stop()
       console.log(host.state)`,
      ['stopped'],
    ],
  ])('%s', async (_, program, output) => {
    const { tookMs, ...ending } = await run(program)
    expect(ending).toEqual({ code: 0, output: [...output, 'exit'] })
    expect(tookMs).toBeLessThan(15_000)
  })
})

test('what is held gives its value, or its error, and then nothing is held', async () => {
  const timers = () => process.getActiveResourcesInfo().filter((kind) => kind === 'Timeout').length
  const before = timers()
  expect(await holdProcess(Promise.resolve(5))).toBe(5)
  await expect(holdProcess(Promise.reject(new Error('no')))).rejects.toThrow('no')
  const held = holdProcess(new Promise((resolve) => setImmediate(resolve)))
  expect(timers()).toBe(before + 1)
  await held
  expect(timers()).toBe(before)
})
