/** Nothing that a client sends makes the endpoint call another server: it forwards no URL, host or credential. */
import { globSync, readFileSync } from 'node:fs'
import { createServer, connect } from 'node:net'
import type { AddressInfo } from 'node:net'
import { fileURLToPath } from 'node:url'
import { expect, onTestFinished, test } from 'vitest'
import { startPages } from '../support/start-pages.js'

test('a request that names another server reaches no other server', async () => {
  let calls = 0
  const bait = createServer((socket) => {
    calls++
    socket.destroy()
  })
  await new Promise<void>((resolve) => bait.listen(0, '127.0.0.1', resolve))
  onTestFinished(() => void bait.close())
  const target = `127.0.0.1:${(bait.address() as AddressInfo).port}`
  const { origin, get } = await startPages({ hits: { kind: 'counter', name: 'hits_total', help: 'h' } })
  const { port } = new URL(origin)
  const requests = [
    `GET http://${target}/metrics HTTP/1.1\r\nHost: ${target}`,
    `GET /metrics?target=http://${target}/ HTTP/1.1\r\nHost: ${target}`,
    `GET /metrics?name[]=http://${target}/&plugin[]=//${target}/ HTTP/1.1\r\nHost: x\r\nX-Forwarded-Host: ${target}`,
    `GET //${target}/metrics HTTP/1.1\r\nHost: x\r\nReferer: http://${target}/`,
    `CONNECT ${target} HTTP/1.1\r\nHost: ${target}`,
  ]
  for (const request of requests) {
    await new Promise<void>((resolve) => {
      const socket = connect(Number(port), '127.0.0.1', () =>
        socket.write(`${request}\r\nConnection: close\r\n\r\n`),
      )
      socket.on('error', () => {})
      socket.resume().on('close', () => resolve())
    })
  }
  expect(calls).toBe(0)
  expect((await get()).status).toBe(200)
})

test('the package has no code that opens connections', () => {
  const folder = fileURLToPath(new URL('../../src', import.meta.url))
  for (const file of globSync('**/*.ts', { cwd: folder }))
    expect(readFileSync(`${folder}/${file}`, 'utf8'), file).not.toMatch(
      /\bfetch\(|\brequest\(|\bconnect\(|from 'node:(dgram|dns)'/,
    )
})
