import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { createTidegauge } from '@tidegauge/core'
import express from 'express'
import { describe, expect, onTestFinished, test } from 'vitest'
import { prometheus } from '../../src/index.js'
import { startPages } from '../support/start-pages.js'

const table = { hits: { kind: 'counter', name: 'hits_total', help: 'Hits' } } as const
const listen = async (server: Server) => {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  onTestFinished(() => void server.close())
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`
}
const ownPaths = ['/', '/health', '/-/healthy', '/-/ready']

describe('the handler in an application that has these pages itself', () => {
  test.each(['none', 'own'] as const)(
    'serves only the metrics with server %s (issue 10.2)',
    async (server) => {
      const { transport } = await startPages(table, { prometheus: { server } })
      const app = express()
      app.use(transport.handler)
      app.use((request, response) => void response.send(`application ${request.path}`))
      const origin = await listen(createServer(app))
      for (const path of ownPaths)
        expect(await (await fetch(origin + path)).text()).toBe(`application ${path}`)
      expect(await (await fetch(`${origin}/metrics`)).text()).toContain('hits_total 0')
    },
  )

  test('leaves every other path alone before the start of the host (issue 10.2)', async () => {
    const transport = prometheus({ server: 'none', handlerPages: 'all' })
    createTidegauge().export(transport)
    const own = createServer((request, response) =>
      transport.handler(request, response, () => response.end('mine')),
    )
    const origin = await listen(own)
    for (const path of ownPaths) expect(await (await fetch(origin + path)).text()).toBe('mine')
    expect((await fetch(`${origin}/metrics`)).status).toBe(503)
    const bare = await listen(createServer((request, response) => transport.handler(request, response)))
    for (const path of ownPaths) expect((await fetch(bare + path)).status).toBe(404)
  })

  test('serves the metrics where it is mounted at their path (issue 10.2)', async () => {
    const { transport } = await startPages(table, { prometheus: { server: 'none' } })
    const app = express()
    app.use('/metrics', transport.handler)
    const origin = await listen(createServer(app))
    expect(await (await fetch(`${origin}/metrics`)).text()).toContain('hits_total 0')
    expect((await fetch(`${origin}/metrics/else`)).status).toBe(404)
  })

  test.each(['/tidegauge', '/tidegauge/'])(
    'serves all pages by option under a prefix, with links that work from %s (issue 10.2)',
    async (mount) => {
      const { transport } = await startPages(table, { prometheus: { server: 'none', handlerPages: 'all' } })
      const app = express()
      app.use('/tidegauge', transport.handler)
      app.use((_, response) => void response.status(418).end())
      const origin = await listen(createServer(app))
      const landing = await (await fetch(origin + mount)).text()
      const links = [...landing.matchAll(/href="([^"]*)"/g)].map(([, link]) => link)
      expect(links).toHaveLength(4)
      for (const link of links) expect((await fetch(new URL(link, origin + mount))).status, link).toBe(200)
      expect((await fetch(`${origin}/health`)).status).toBe(418)
    },
  )
})
