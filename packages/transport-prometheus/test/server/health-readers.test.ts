import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { expect, onTestFinished, test } from 'vitest'
import type { PrometheusOptions } from '../../src/index.js'
import { ask, basic } from '../security/support/ask.js'
import { hashes } from '../security/support/passwords.js'
import { collecting, startPages } from '../support/start-pages.js'

const failing = collecting(() => {
  throw new Error('connect to db.internal:5432 failed')
})

async function healthOf(prometheus: PrometheusOptions, headers = {}) {
  const { transport, port } = await startPages(failing, { prometheus })
  await ask(`http://127.0.0.1:${port}/metrics`, { headers })
  const { text } = await ask(`http://127.0.0.1:${port}/health`, { headers })
  return { text, transport }
}

test('error texts are shown by a server that only this machine reaches (issue 10.20)', async () => {
  expect((await healthOf({})).text).toContain('db.internal')
})

test('a reader from anywhere sees states and times, no error texts (issue 10.20)', async () => {
  const { text } = await healthOf({ host: '0.0.0.0' })
  expect(text).not.toContain('db.internal')
  expect(JSON.parse(text)).toMatchObject({
    status: 'degraded',
    plugins: [
      { name: 'app', state: 'down', lastError: 'only shown to authenticated readers; the log has it' },
    ],
  })
  expect(JSON.parse(text).plugins[0].lastErrorSeconds).toBeGreaterThan(0)
})

test('a reader with a password sees error texts (issue 10.20)', async () => {
  const options = { host: '0.0.0.0', basicAuth: { users: { alice: hashes.alice } } }
  expect((await healthOf(options, basic('alice', 'wonderland'))).text).toContain('db.internal')
})

test('on a server of the application, error texts need authentication (issue 10.20)', async () => {
  const { transport, tidegauge } = await startPages(failing, {
    prometheus: { server: 'none', handlerPages: 'all' },
  })
  const server = createServer((request, response) => transport.handler(request, response))
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  onTestFinished(() => void server.close())
  const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  await ask(`${origin}/metrics`)
  expect(tidegauge.health().plugins[0].lastError).toContain('db.internal')
  expect((await ask(`${origin}/health`)).text).not.toContain('db.internal')
})
