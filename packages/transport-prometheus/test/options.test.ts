import { expect, test } from 'vitest'
import { prometheus } from '../src/index.js'
import { parseOptions } from '../src/options.js'

test('by default, only this machine can reach the endpoint', () => {
  expect(parseOptions()).toMatchObject({
    name: 'prometheus',
    server: 'own',
    host: '127.0.0.1',
    port: 9464,
    path: '/metrics',
    scrapeTimeoutMs: 10_000,
    security: {
      webConfigFile: undefined,
      spec: { tls: undefined, users: new Map(), headers: new Map(), rateLimit: undefined, warnings: [] },
      bearerTokens: [],
    },
    limits: {
      maxConnections: 64,
      maxScrapes: 40,
      maxHeaderBytes: 16_384,
      maxHeaders: 100,
      headersTimeoutMs: 3_000,
      requestTimeoutMs: 5_000,
      clientTimeoutMs: 3_000,
    },
  })
})

test('port 0 is kept', () => {
  expect(parseOptions({ port: 0 }).port).toBe(0)
})

test('one error has every wrong option, with what was received and expected', () => {
  const options = { port: '9464', path: 'metrics', server: true, hots: 'x' } as never
  expect(() => prometheus(options)).toThrowError(
    expect.objectContaining({
      code: 'OPTIONS_INVALID',
      issues: [
        {
          path: 'hots',
          received: 'not an option here',
          expected: expect.stringMatching(/^one of name, server, host, port, path, /),
        },
        { path: 'path', received: '"metrics"', expected: 'a path that starts with "/"' },
        { path: 'server', received: 'true', expected: 'one of "own", "none"' },
        { path: 'port', received: '"9464"', expected: 'an integer from 0 to 65535' },
      ],
    }),
  )
})
