import { inspect } from 'node:util'
import { setTimeout as sleep } from 'node:timers/promises'
import { hashSync } from 'bcryptjs'
import { expect, describe, test, onTestFinished } from 'vitest'
import { BasicAuth, digestOf, type Verdict } from '../../src/security/basic-auth.js'
import { createBcryptWorker } from '../../src/security/bcrypt-worker.js'
import { startPages } from '../support/start-pages.js'
import { ask, basic } from './support/ask.js'
import { hashes } from './support/passwords.js'

const table = { hits: { kind: 'counter', name: 'hits_total', help: 'Hits' } } as const
const users = { alice: hashes.alice, bob: hashes.bob }
const pages = ['/metrics', '/', '/health', '/-/healthy', '/-/ready', '/nothing', '/constructor']

/** A slow worker that counts its calls. */
function slowWorker(delayMs = 5) {
  const seen = { calls: 0, maxAtOnce: 0, now: 0, hashes: [] as string[] }
  return {
    seen,
    compare: async (password: string, hash: string) => {
      seen.calls++
      seen.hashes.push(hash)
      seen.maxAtOnce = Math.max(seen.maxAtOnce, ++seen.now)
      await sleep(delayMs)
      seen.now--
      return password === 'right'
    },
    stop: async () => {},
  }
}
const one = new Map([['alice', hashes.alice]])

describe('basic auth', () => {
  test('protects every page, HEAD, other methods and unknown paths', async () => {
    const { origin } = await startPages(table, { prometheus: { basicAuth: { users } } })
    for (const path of pages)
      for (const method of ['GET', 'HEAD', 'POST', 'OPTIONS']) {
        const refused = await ask(origin + path, { method })
        expect(refused.status, `${method} ${path}`).toBe(401)
        expect(refused.headers['www-authenticate']).toBe('Basic realm="metrics", charset="UTF-8"')
        expect(refused.text).not.toContain('hits_total')
      }
    expect((await ask(`${origin}/metrics`, { headers: basic('alice', 'wonderland') })).text).toContain(
      'hits_total 0',
    )
    expect((await ask(`${origin}/health`, { headers: basic('bob', 'builder') })).status).toBe(200)
    expect((await ask(`${origin}/nothing`, { headers: basic('bob', 'builder') })).status).toBe(404)
  })

  test.each([
    ['a wrong password', basic('alice', 'wonderlanD')],
    ['another user’s password', basic('alice', 'builder')],
    ['no password', basic('alice', '')],
    ['a hash for a password', basic('alice', hashes.alice)],
    ['an unknown user', basic('mallory', 'fakepassword')],
    ['a user named like a property', basic('__proto__', 'x')],
    ['a user named like a method', basic('constructor', 'x')],
    ['no user', basic('', '')],
    ['no colon', { authorization: `Basic ${Buffer.from('alice').toString('base64')}` }],
    ['what is not base64', { authorization: 'Basic §§§' }],
    ['an empty scheme', { authorization: 'Basic ' }],
    ['another scheme', { authorization: 'Digest username="alice"' }],
    ['a bearer token', { authorization: 'Bearer wonderland' }],
    ['odd bytes', { authorization: 'Basic //79/A==' }],
  ])('refuses %s', async (_, headers) => {
    const { origin } = await startPages(table, { prometheus: { basicAuth: { users } } })
    const answer = await ask(`${origin}/metrics`, { headers: headers as Record<string, string> }).catch(
      () => ({ status: 400 }),
    )
    expect([400, 401]).toContain(answer.status)
  })

  test('accepts a password with colons and letters of any script', async () => {
    const odd = { zoë: hashSync('pä:ss:wörd 💧', 4) }
    const { origin } = await startPages(table, { prometheus: { basicAuth: { users: odd } } })
    expect((await ask(`${origin}/metrics`, { headers: basic('zoë', 'pä:ss:wörd 💧') })).status).toBe(200)
  })

  test('protects the handler on a server of the application, but not its other pages', async () => {
    const { createServer } = await import('node:http')
    const { transport } = await startPages(table, { prometheus: { server: 'none', basicAuth: { users } } })
    const own = createServer((request, response) =>
      transport.handler(request, response, () => response.end('own')),
    )
    await new Promise<void>((resolve) => own.listen(0, '127.0.0.1', resolve))
    onTestFinished(() => void own.close())
    const origin = `http://127.0.0.1:${(own.address() as { port: number }).port}`
    expect((await ask(`${origin}/metrics`)).status).toBe(401)
    expect((await ask(`${origin}/metrics`, { headers: basic('alice', 'wonderland') })).status).toBe(200)
    expect((await ask(`${origin}/own`)).text).toBe('own')
  })

  test('compares an unknown user’s password with a hash of one of the users’ costs, always the same for a name', async () => {
    const worker = slowWorker(0)
    const auth = new BasicAuth(worker)
    auth.setUsers(
      new Map([
        ['a', hashSync('x', 4)],
        ['b', hashSync('x', 6)],
      ]),
    )
    for (let i = 0; i < 40; i++) await auth.check(`nobody ${i}`, 'x')
    await auth.check('nobody 0', 'y')
    const costs = worker.seen.hashes.map((hash) => hash.slice(4, 6))
    expect(new Set(costs)).toEqual(new Set(['04', '06']))
    expect(costs.at(-1)).toBe(costs[0])
  })

  test('refuses an unknown user for any result of the comparison', async () => {
    const auth = new BasicAuth(slowWorker(0))
    auth.setUsers(one)
    expect(await auth.check('nobody', 'right')).toBe('refused')
    expect(await auth.check('alice', 'right')).toBe('accepted')
  })

  test('compares one password at a time, shares equal comparisons, and is busy beyond sixteen', async () => {
    const worker = slowWorker()
    const auth = new BasicAuth(worker)
    auth.setUsers(one)
    const same = await Promise.all(Array.from({ length: 50 }, () => auth.check('alice', 'right')))
    expect(new Set(same)).toEqual(new Set(['accepted']))
    expect(worker.seen.calls).toBe(1)
    const verdicts = await Promise.all(
      Array.from({ length: 50 }, (_, i) => auth.check('alice', `wrong ${i}`)),
    )
    expect(verdicts.filter((verdict) => verdict === 'busy')).toHaveLength(34)
    expect(worker.seen.maxAtOnce).toBe(1)
    // a cached result does not wait
    expect(auth.check('alice', 'right')).toBe('accepted')
  })

  test('answers 503 with Retry-After when too many comparisons wait', async () => {
    const slow = { alice: hashSync('wonderland', 9) }
    const { origin } = await startPages(table, { prometheus: { basicAuth: { users: slow } } })
    const answers = await Promise.all(
      Array.from({ length: 40 }, (_, i) =>
        ask(`${origin}/metrics`, { headers: basic('alice', `wrong ${i}`) }),
      ),
    )
    const busy = answers.filter(({ status }) => status === 503)
    expect(busy.length).toBeGreaterThan(0)
    expect(busy[0].headers['retry-after']).toBe('1')
    expect(answers.filter(({ status }) => status === 401).length).toBeGreaterThanOrEqual(16)
  })

  test('caches a limited number of results, refused ones apart from accepted ones', async () => {
    const worker = slowWorker(0)
    const auth = new BasicAuth(worker)
    auth.setUsers(one)
    await auth.check('alice', 'right')
    for (let i = 0; i < 500; i++) await auth.check('alice', `canary ${i}`)
    expect(auth.cached).toBe(101)
    const { calls } = worker.seen
    expect(await auth.check('alice', 'right')).toBe('accepted')
    expect(await auth.check('alice', 'canary 499')).toBe('refused')
    expect(worker.seen.calls).toBe(calls)
  })

  test('caches a result under a digest that depends on each part and on the key', () => {
    const key = Buffer.alloc(32)
    const digests = [
      digestOf(key, ['alice', 'hash', 'canary']),
      digestOf(key, ['alicehash', '', 'canary']),
      digestOf(key, ['alice', 'hashcanary', '']),
      digestOf(key, ['alice', 'hash', 'canary2']),
      digestOf(Buffer.alloc(32, 1), ['alice', 'hash', 'canary']),
    ]
    expect(new Set(digests).size).toBe(5)
    for (const digest of digests) expect(digest).toMatch(/^[A-Za-z0-9+/]{43}=$/)
  })

  test('clears the cache when the users change, also results of present comparisons', async () => {
    const worker = slowWorker(20)
    const auth = new BasicAuth(worker)
    auth.setUsers(one)
    await auth.check('alice', 'right')
    const pending = auth.check('alice', 'wrong')
    auth.setUsers(new Map([['bob', hashes.bob]]))
    expect(auth.cached).toBe(0)
    expect(await auth.check('alice', 'right')).toBe('refused')
    expect(await pending).toBe('refused')
  })

  test('compares off the event loop, and leaves no thread behind', async () => {
    const worker = createBcryptWorker()
    const auth = new BasicAuth(worker)
    auth.setUsers(new Map([['alice', hashSync('wonderland', 10)]]))
    await auth.check('alice', 'start the thread')
    const before = performance.eventLoopUtilization()
    const verdicts: Verdict[] = []
    for (let i = 0; i < 5; i++) verdicts.push(await auth.check('alice', `wrong ${i}`))
    verdicts.push(await auth.check('alice', 'wonderland'))
    const { utilization } = performance.eventLoopUtilization(before)
    console.log(`the event loop was busy for ${(utilization * 100).toFixed(1)} % of the time`)
    expect(verdicts).toEqual(['refused', 'refused', 'refused', 'refused', 'refused', 'accepted'])
    // comparing on the event loop would keep it busy all the time
    expect(utilization).toBeLessThan(0.5)
    const late = auth.check('alice', 'asked at the end')
    await auth.stop()
    expect(await late).toBe('busy')
  })

  test('never shows a secret: in errors, the log, describe(), /health or when inspected', async () => {
    const secrets = [hashes.alice, 'wonderland', 'token-canary']
    const { tidegauge, log, transport, origin, get } = await startPages(table, {
      prometheus: { basicAuth: { users }, bearerTokens: ['token-canary'] },
    })
    await ask(`${origin}/metrics`, { headers: basic('alice', 'wonderland') })
    await ask(`${origin}/metrics`, { headers: basic('alice', 'canary wrong') })
    const shown = [
      log.join('\n'),
      inspect(tidegauge, { depth: 12, showHidden: true }),
      inspect(transport, { depth: 12, showHidden: true }),
      JSON.stringify(tidegauge.describe()),
      JSON.stringify(tidegauge.health()),
      (await get('/health', { authorization: 'Bearer token-canary' })).text,
      (await get('/', { authorization: 'Bearer token-canary' })).text,
    ].join('\n')
    for (const secret of [...secrets, 'canary wrong', Buffer.from('alice:wonderland').toString('base64')])
      expect(shown).not.toContain(secret)
  })
})
