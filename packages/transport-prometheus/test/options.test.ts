import { expect, test } from 'vitest'
import { prometheus } from '../src/index.js'
import { parseOptions } from '../src/options.js'

test('options have defaults that face this machine only', () => {
  expect(parseOptions()).toMatchObject({
    name: 'prometheus',
    server: 'own',
    host: '127.0.0.1',
    port: 9464,
    path: '/metrics',
    scrapeTimeoutMs: 10_000,
    security: {
      webConfigFile: undefined,
      spec: { tls: undefined, users: new Map(), headers: new Map(), rateLimit: undefined, notes: [] },
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

test('port 0 is a value of its own', () => {
  expect(parseOptions({ port: 0 }).port).toBe(0)
})

test('every wrong option is told at once, with what was received and expected', () => {
  const options = { port: '9464', path: 'metrics', server: true, hots: 'x' } as never
  expect(() => prometheus(options)).toThrowError(
    expect.objectContaining({
      code: 'OPTIONS_INVALID',
      issues: [
        {
          path: 'hots',
          received: 'an option of no meaning here',
          expected: expect.stringMatching(/^one of name, server, host, port, path, /),
        },
        { path: 'path', received: '"metrics"', expected: 'a path that begins with "/"' },
        { path: 'server', received: 'true', expected: 'one of "own", "none"' },
        { path: 'port', received: '"9464"', expected: 'an integer from 0 to 65535' },
      ],
    }),
  )
})
