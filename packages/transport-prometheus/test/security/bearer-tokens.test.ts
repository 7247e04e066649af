import { expect, test } from 'vitest'
import { createBearerTokens, isValidToken } from '../../src/security/bearer-tokens.js'
import { startPages } from '../support/start-pages.js'
import { ask, basic } from './support/ask.js'
import { hashes } from './support/passwords.js'

const table = { hits: { kind: 'counter', name: 'hits_total', help: 'Hits' } } as const

test('only the exact token is accepted, on every page', async () => {
  const { origin } = await startPages(table, { prometheus: { bearerTokens: ['first token', 'second'] } })
  const status = async (authorization: string, path = '/metrics') =>
    (await ask(origin + path, { headers: { authorization } })).status
  expect(await status('Bearer first token')).toBe(200)
  expect(await status('bearer second', '/health')).toBe(200)
  for (const wrong of ['Bearer', 'Bearer secon', 'Bearer second2', 'Bearer SECOND', 'Basic second', 'second'])
    expect(await status(wrong), wrong).toBe(401)
  const refused = await ask(`${origin}/metrics`, { method: 'HEAD' })
  expect(refused.headers['www-authenticate']).toBe('Bearer realm="metrics"')
})

test('with users and tokens, either is accepted', async () => {
  const { origin } = await startPages(table, {
    prometheus: { bearerTokens: ['t'], basicAuth: { users: { alice: hashes.alice } } },
  })
  const headers = [{ authorization: 'Bearer t' }, basic('alice', 'wonderland')]
  for (const one of headers) expect((await ask(`${origin}/metrics`, { headers: one })).status).toBe(200)
  expect((await ask(`${origin}/metrics`)).headers['www-authenticate']).toBe(
    'Basic realm="metrics", charset="UTF-8", Bearer realm="metrics"',
  )
})

test('tokens are compared by digests of the same length', () => {
  const tokens = createBearerTokens(['a', 'b'.repeat(10_000)])
  expect(tokens.digests.map((digest) => digest.length)).toEqual([32, 32])
  expect(isValidToken(tokens, 'a')).toBe(true)
  expect(isValidToken(tokens, 'b'.repeat(10_000))).toBe(true)
  expect(isValidToken(tokens, 'b'.repeat(9_999))).toBe(false)
})
