import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'

/** One line that the transport sent. */
export interface Line {
  readonly name: string
  readonly kind: string
  readonly labels: Readonly<Record<string, string>>
  readonly value?: number | string
  readonly count?: number
}

/** A receiver on loopback that keeps what it got. */
export async function startReceiver() {
  const received = { bodies: [] as string[], status: 200, answer: 'now' as 'now' | 'never' }
  const server = createServer((request, response) => {
    let body = ''
    request.setEncoding('utf8').on('data', (text: string) => (body += text))
    request.on('end', () => {
      received.bodies.push(body)
      if (received.answer === 'now') response.writeHead(received.status).end()
    })
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  return Object.assign(received, {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/metrics?token=secret`,
    /** The lines of the latest body. */
    lines: (): Line[] => linesOf(received.bodies.at(-1) ?? ''),
    async stop(): Promise<void> {
      server.closeAllConnections()
      server.close()
      await once(server, 'close')
    },
  })
}

/** The lines of one body. */
export function linesOf(body: string): Line[] {
  return body
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as Line)
}
