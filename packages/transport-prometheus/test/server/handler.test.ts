import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import express from 'express'
import fastify from 'fastify'
import { describe, expect, onTestFinished, test } from 'vitest'
import { startPages } from '../support/start-pages.js'

const table = { hits: { kind: 'counter', name: 'hits_total', help: 'Hits' } } as const
const listen = async (server: Server) => {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  onTestFinished(() => void server.close())
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`
}

describe('the handler on a server of the application', () => {
  test('serves with node:http, next to the pages of the application', async () => {
    const { transport } = await startPages(table, { prometheus: { server: 'none' } })
    const own = createServer((request, response) =>
      transport.handler(request, response, () => response.end('another page')),
    )
    const origin = await listen(own)
    expect(await (await fetch(`${origin}/metrics`)).text()).toContain('hits_total 0')
    expect(await (await fetch(`${origin}/else`)).text()).toBe('another page')
  })

  test('serves in Express, as middleware and as a route', async () => {
    const { transport } = await startPages(table, { prometheus: { server: 'none', handlerPages: 'all' } })
    const app = express()
    app.get('/metrics', transport.handler)
    app.use(transport.handler)
    app.use((_, response) => void response.status(418).end())
    const origin = await listen(createServer(app))
    expect(await (await fetch(`${origin}/metrics`)).text()).toContain('hits_total 0')
    expect((await fetch(`${origin}/health`)).status).toBe(200)
    expect((await fetch(`${origin}/else`)).status).toBe(418)
  })

  test('serves in Fastify', async () => {
    const { transport } = await startPages(table, { prometheus: { server: 'none' } })
    const app = fastify()
    app.get('/metrics', (request, reply) => {
      reply.hijack()
      transport.handler(request.raw, reply.raw)
    })
    const origin = await app.listen({ port: 0, host: '127.0.0.1' })
    onTestFinished(() => app.close())
    expect(await (await fetch(`${origin}/metrics`)).text()).toContain('hits_total 0')
  })

  test('answers 503 before the start and after the stop of the host', async () => {
    const { transport, tidegauge } = await startPages(table, { prometheus: { server: 'none' } })
    const origin = await listen(createServer((request, response) => transport.handler(request, response)))
    expect((await fetch(`${origin}/metrics`)).status).toBe(200)
    await tidegauge.stop()
    expect((await fetch(`${origin}/metrics`)).status).toBe(503)
  })
})
