import { spawnSync } from 'node:child_process'
import { createServer, type AddressInfo } from 'node:net'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'
import { freePort, parseCommandLine } from '../src/options.js'

const main = fileURLToPath(new URL('../dist/main.js', import.meta.url))
const run = (...args: string[]) => spawnSync(process.execPath, [main, ...args], { encoding: 'utf8' })

test('a bad option gets a line that says so and the help, not a stack (issue 10, 5)', () => {
  for (const [args, words] of [
    [['--prot', '1'], "Unknown option '--prot'"],
    [['--port', 'x'], '--port was "x", expected a whole number from 0 to 65535'],
    [['--port', '65536'], '--port was "65536"'],
  ] as const) {
    const { status, stderr } = run(...args)
    expect([status, stderr.includes(words), stderr.includes('    at ')], stderr).toEqual([2, true, false])
  }
})

test('--help lists the options and ends (issue 10, 5)', () => {
  const { status, stdout } = run('--help')
  expect(status).toBe(0)
  expect(stdout).toContain('--port N')
})

test('a port that is taken is replaced by the next free one (issue 10, 5)', async () => {
  const server = createServer()
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  const next = await freePort(port)
  await new Promise((resolve) => server.close(resolve))
  expect(next).toBeGreaterThan(port)
  expect(await freePort(port)).toBe(port)
  expect(parseCommandLine([])).toEqual({ port: 9464, seconds: undefined, isHelp: false })
})
