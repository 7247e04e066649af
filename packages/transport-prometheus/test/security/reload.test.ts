import { copyFileSync, mkdirSync, renameSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { Agent } from 'node:https'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import type { TLSSocket } from 'node:tls'
import { afterAll, describe, expect, onTestFinished, test } from 'vitest'
import type { PrometheusOptions } from '../../src/index.js'
import { startPages } from '../support/start-pages.js'
import { ask, basic } from './support/ask.js'
import { makeCertificates, type Pair } from './support/certificates.js'
import { hashes } from './support/passwords.js'
import { runs } from '@tidegauge/testkit'

const table = { hits: { kind: 'counter', name: 'hits_total', help: 'Hits' } } as const
const made = makeCertificates()
afterAll(made.remove)
const first = made.sign('first')
const second = made.sign('second')
const expired = made.sign('expired', { from: '20200101000000Z', to: '20200201000000Z' })
const users = (...names: (keyof typeof hashes)[]) =>
  `basic_auth_users:\n${names.map((name) => `  ${name}: ${hashes[name]}\n`).join('')}`
const tls = 'tls_server_config:\n  cert_file: cert.pem\n  key_file: key.pem\n'

let count = 0
/** A host with its settings in files, and a clock that can be moved, so that no test waits a second. */
async function start(text: string | undefined, options: PrometheusOptions = {}) {
  const folder = join(made.folder, `files ${count++}`)
  mkdirSync(folder)
  const at = (name: string) => join(folder, name)
  const put = (pair: Pair) => {
    copyFileSync(pair.certFile, at('cert.pem'))
    copyFileSync(pair.keyFile, at('key.pem'))
  }
  put(first)
  const write = (config: string) => writeFileSync(at('web.config.yml'), config)
  if (text !== undefined) write(text)
  let aheadMs = 0
  const clock = {
    now: () => Date.now(),
    monotonic: () => performance.now() + aheadMs,
    after: (delayMs: number, callback: () => void) => {
      const timer = setTimeout(callback, delayMs).unref()
      return () => clearTimeout(timer)
    },
  }
  const given =
    text === undefined
      ? { tls: { certFile: at('cert.pem'), keyFile: at('key.pem') } }
      : { webConfigFile: at('web.config.yml') }
  const host = await startPages(table, { prometheus: { ...given, ...options }, clock })
  const lines = () => host.log.filter((line) => /settings|switched|restart/.test(line))
  return { ...host, at, put, write, lines, later: () => void (aheadMs += 1_001) }
}

const status = async (origin: string, headers = {}) =>
  (await ask(`${origin}/metrics`, { headers, ca: made.ca.cert })).status

/** The name of the certificate that the server sends to a new connection. */
function certificateOf(origin: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const agent = new Agent({ maxCachedSessions: 0 })
    const socket = agent.createConnection(
      { port: Number(new URL(origin).port), host: '127.0.0.1', ca: made.ca.cert },
      () => {},
    ) as TLSSocket
    socket.once('secureConnect', () => {
      const { subject } = socket.getPeerCertificate()
      resolve(String(subject.CN))
      socket.destroy()
    })
    socket.once('error', reject)
  })
}

describe('settings in a file', () => {
  test('are read again when the file changes: users, headers and the rate limit', async () => {
    const { origin, write, later, lines } = await start(users('alice'))
    const [alice, bob] = [basic('alice', 'wonderland'), basic('bob', 'builder')]
    expect([await status(origin, alice), await status(origin, bob)]).toEqual([200, 401])
    write(`${users('bob')}http_server_config:\n  headers:\n    X-Frame-Options: deny\n`)
    // the file is checked once a second at most
    expect(await status(origin, alice)).toBe(200)
    later()
    expect([await status(origin, alice), await status(origin, bob)]).toEqual([401, 200])
    expect((await ask(`${origin}/metrics`, { headers: bob })).headers['x-frame-options']).toBe('deny')
    write(`${users('bob')}rate_limit:\n  interval: 1h\n  burst: 1\n`)
    later()
    expect([await status(origin, bob), await status(origin, bob)]).toEqual([200, 429])
    expect(lines()).toHaveLength(2)
  })

  test.each([
    ['is not YAML any more', 'basic_auth_users: ['],
    ['has an unknown field', `${users('bob')}basic_auth: {}\n`],
    ['has a wrong hash', 'basic_auth_users:\n  bob: builder\n'],
    ['is empty', ''],
    ['has no users any more', 'http_server_config: {}\n'],
    ['would switch TLS on', `${tls}${users('bob')}`],
    ['was removed', undefined],
  ])(
    'a file that %s leaves the previous ones in use, is logged once, and is in describe()',
    async (_, text) => {
      const { origin, tidegauge, write, at, later, lines } = await start(users('alice'))
      const alice = basic('alice', 'wonderland')
      const problem = () =>
        tidegauge.describe().transports.find(({ name }) => name === 'prometheus')!.details['webConfigProblem']
      if (text === undefined) rmSync(at('web.config.yml'))
      else write(text)
      for (let i = 0; i < 3; i++) {
        later()
        expect([
          await status(origin, alice),
          await status(origin),
          await status(origin, basic('bob', 'builder')),
        ]).toEqual([200, 401, 401])
      }
      expect(lines()).toHaveLength(1)
      expect(lines()[0]).toMatch(
        /^error .*the changed web settings are not used, the previous ones stay in use: /,
      )
      expect(lines()[0]).not.toContain('builder')
      expect(problem()).toBeDefined()
      const health = JSON.parse((await ask(`${origin}/health`, { headers: alice })).text)
      expect(health.webConfigProblem).toBe('the changed settings are not used; the log says why')
      write(users('bob'))
      later()
      expect(await status(origin, basic('bob', 'builder'))).toBe(200)
      expect(lines()).toHaveLength(2)
      expect(problem()).toBeUndefined()
    },
  )

  test('cannot switch TLS off while the server runs, which is logged', async () => {
    const { origin, write, later, lines } = await start(tls)
    write('{}\n')
    later()
    expect(await status(origin)).toBe(200)
    expect(lines()).toEqual([
      expect.stringMatching(/TLS cannot be switched on or off while the server runs: restart the host/),
    ])
  })

  test('may change the policy on client certificates', async () => {
    const { origin, write, later, at } = await start(tls)
    copyFileSync(made.ca.certFile, at('ca.pem'))
    const client = made.sign('client', { sans: 'DNS:scraper.example' })
    const withCertificate = async () =>
      (
        await ask(`${origin}/metrics`, { ca: made.ca.cert, cert: client.cert, key: client.key }).catch(
          () => ({ status: 0 }),
        )
      ).status
    const anonymous = () => status(origin).catch(() => 0)
    expect([await withCertificate(), await anonymous()]).toEqual([200, 200])
    const policy = '  client_auth_type: RequireAndVerifyClientCert\n  client_ca_file: ca.pem\n'
    write(tls + policy)
    later()
    expect([await withCertificate(), await anonymous()]).toEqual([200, 0])
    write(`${tls}${policy}  client_allowed_sans: [other.example]\n`)
    later()
    expect([await withCertificate(), await anonymous()]).toEqual([0, 0])
    write(tls)
    later()
    expect([await withCertificate(), await anonymous()]).toEqual([200, 200])
  })

  test('with a new policy answer 403 on an older connection that it does not allow', async () => {
    const { origin, write, later, at } = await start(tls)
    copyFileSync(made.ca.certFile, at('ca.pem'))
    const agent = new Agent({ keepAlive: true, maxSockets: 1, ca: made.ca.cert })
    onTestFinished(() => agent.destroy())
    expect((await ask(`${origin}/metrics`, { agent })).status).toBe(200)
    write(`${tls}  client_auth_type: RequireAndVerifyClientCert\n  client_ca_file: ca.pem\n`)
    later()
    const refused = await ask(`${origin}/metrics`, { agent })
    expect(refused).toMatchObject({ status: 403, text: 'Refused: it has no certificate.\n' })
    expect(refused.headers.connection).toBe('close')
  })
})

describe('certificates', () => {
  test.each([
    ['named by a web.config.yml', tls],
    ['named by options', undefined],
  ])('%s are renewed without a restart and without a dropped scrape', async (_, text) => {
    const { origin, put, later, lines } = await start(text)
    const agent = new Agent({ keepAlive: true, maxSockets: 1, ca: made.ca.cert })
    onTestFinished(() => agent.destroy())
    const state = { isOver: false }
    const seen = { kept: new Set<string>(), fresh: new Set<string>() }
    const failed: unknown[] = []
    let scrapes = 0
    const loop = async (kind: 'kept' | 'fresh') => {
      while (!state.isOver) {
        const answer = await ask(
          `${origin}/metrics`,
          kind === 'kept' ? { agent } : { ca: made.ca.cert },
        ).catch((error: unknown) => error)
        if ((answer as { status?: number }).status !== 200) failed.push(answer)
        const [socket] = Object.values(agent.freeSockets).flat() as unknown as TLSSocket[]
        if (kind === 'kept' && socket !== undefined)
          seen.kept.add(String(socket.getPeerCertificate().subject?.CN))
        scrapes++
      }
    }
    const loops = [loop('kept'), loop('fresh'), loop('fresh')]
    for (let i = 0; i < runs(6); i++) {
      await sleep(60)
      put(i % 2 === 0 ? second : first)
      later()
      await sleep(60)
      seen.fresh.add(await certificateOf(origin))
    }
    state.isOver = true
    await Promise.all(loops)
    console.log(`${scrapes} scrapes over ${runs(6)} renewals, ${failed.length} failed`)
    expect(failed).toEqual([])
    expect([...seen.fresh].sort()).toEqual(['first', 'second'])
    // connections that are kept alive are reopened under the new certificate too
    expect([...seen.kept].sort()).toEqual(['first', 'second'])
    // the two files are not written at the same moment: in between they do not match, which may be logged
    expect(
      lines().filter((line) => line.startsWith('error') && !line.includes('the key of another certificate')),
    ).toEqual([])
  })

  test('that are invalid, half-written or expired are not used, and logged once', async () => {
    const { origin, put, at, later, lines } = await start(tls)
    const steps: [RegExp, () => void][] = [
      [/the key of another certificate/, () => copyFileSync(second.certFile, at('cert.pem'))],
      [/not a certificate/, () => writeFileSync(at('cert.pem'), '-----BEGIN CERTIFICATE-----\nMIIB')],
      [
        /not a private key/,
        () => (copyFileSync(first.certFile, at('cert.pem')), writeFileSync(at('key.pem'), '')),
      ],
      [/ENOENT/, () => rmSync(at('key.pem'))],
      [/expired/, () => put(expired)],
    ]
    for (const [i, [words, change]] of steps.entries()) {
      change()
      for (let k = 0; k < 2; k++) {
        later()
        expect(await certificateOf(origin)).toBe('first')
        expect(await status(origin)).toBe(200)
      }
      expect(lines()).toHaveLength(i + 1)
      expect(lines()[i]).toMatch(words)
    }
    put(second)
    later()
    expect(await certificateOf(origin)).toBe('second')
  })

  test('behind links are read again when the links are replaced, as Kubernetes does', async () => {
    const { origin, at, later } = await start(undefined)
    for (const [name, pair] of [
      ['one', first],
      ['two', second],
    ] as const) {
      mkdirSync(at(name))
      copyFileSync(pair.certFile, join(at(name), 'cert.pem'))
      copyFileSync(pair.keyFile, join(at(name), 'key.pem'))
    }
    symlinkSync(at('one'), at('data'))
    for (const name of ['cert.pem', 'key.pem']) {
      rmSync(at(name))
      symlinkSync(join(at('data'), name), at(name))
    }
    later()
    expect(await certificateOf(origin)).toBe('first')
    symlinkSync(at('two'), at('data.new'))
    renameSync(at('data.new'), at('data'))
    later()
    expect(await certificateOf(origin)).toBe('second')
  })
})
