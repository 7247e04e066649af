import { createServer, type IncomingMessage } from 'node:http'
import type { AddressInfo } from 'node:net'
import { onTestFinished } from 'vitest'

/** How the server answers a PUT of provider records. */
export type Answer = 'ok' | 'error' | 'hang' | 'hang-up'

/**
 * An HTTP server that speaks the part of the delegated routing API that writes: `PUT /routing/v1/providers`
 * with a list of provider records, as IPIP-378 proposes and some servers have (the ratified HTTP Routing V1 API,
 * https://specs.ipfs.tech/routing/http-routing-v1/, only reads providers). Reads find no provider.
 */
export async function routingServer() {
  const server = createServer((request, response) => {
    void (async () => {
      const body = await read(request)
      requests.push({ method: request.method, url: request.url, body })
      if (request.method !== 'PUT') return response.writeHead(404).end()
      if (state.answer === 'hang') return undefined
      if (state.answer === 'hang-up') return request.socket.destroy()
      if (state.answer === 'error') return response.writeHead(500).end('no')
      response.writeHead(200, { 'content-type': 'application/json' })
      return response.end(
        JSON.stringify({ ProvideResults: [{ Schema: 'bitswap', AdvisoryTTL: 86_400_000_000_000 }] }),
      )
    })()
  })
  const requests: { method?: string; url?: string; body: string }[] = []
  const state = { answer: 'ok' as Answer, requests, url: '' }
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  onTestFinished(() => {
    server.closeAllConnections()
    server.close()
  })
  state.url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  return state
}

async function read(request: IncomingMessage): Promise<string> {
  let text = ''
  for await (const chunk of request) text += String(chunk)
  return text
}
