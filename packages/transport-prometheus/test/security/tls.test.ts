import { execFile } from 'node:child_process'
import { connect as tlsConnect, type ConnectionOptions } from 'node:tls'
import { afterAll, describe, expect, onTestFinished, test } from 'vitest'
import { apiLevel, createTidegauge } from '@tidegauge/core'
import { prometheus, type PrometheusOptions } from '../../src/index.js'
import { subjectAltNames } from '../../src/security/client-certificate.js'
import { startPages } from '../support/start-pages.js'
import { ask } from './support/ask.js'
import { makeCertificates } from './support/certificates.js'

const table = { hits: { kind: 'counter', name: 'hits_total', help: 'Hits' } } as const
const made = makeCertificates()
afterAll(made.remove)
const { ca } = made
const server = made.sign('server')
const serverTls = { certFile: server.certFile, keyFile: server.keyFile }
const start = (tls: PrometheusOptions['tls'], more: PrometheusOptions = {}) =>
  startPages(table, { prometheus: { tls, ...more } })

/** A handshake of openssl with one version: the version that was agreed on, or undefined. */
function handshake(port: number, version: string, ...more: string[]): Promise<string | undefined> {
  return new Promise((resolve) => {
    const args = ['s_client', '-connect', `127.0.0.1:${port}`, version, '-cipher', 'ALL:@SECLEVEL=0', ...more]
    const child = execFile('openssl', args, (_, stdout) => {
      const [, agreed] = /^\s*(?:New, |Protocol *: )(TLSv[\d.]+)/m.exec(stdout) ?? []
      resolve(/Cipher is \(NONE\)/.test(stdout) ? undefined : agreed)
    })
    child.stdin!.end()
  })
}

/** The versions that a server agrees on. */
async function versions(port: number): Promise<string[]> {
  const all = { '-tls1': 'TLS10', '-tls1_1': 'TLS11', '-tls1_2': 'TLS12', '-tls1_3': 'TLS13' }
  const agreed: string[] = []
  for (const [flag, name] of Object.entries(all)) if (await handshake(port, flag)) agreed.push(name)
  return agreed
}

/** A handshake of Node.js: what was agreed on. */
function agree(port: number, options: ConnectionOptions = {}) {
  return new Promise<{ cipher: string; curve: string; protocol: string | null }>((resolve, reject) => {
    const socket = tlsConnect({ port, host: '127.0.0.1', ca: ca.cert, ...options }, () => {
      const { name } = socket.getCipher()
      const info = socket.getEphemeralKeyInfo() as { name?: string }
      resolve({ cipher: name, curve: info.name ?? '', protocol: socket.getProtocol() })
      socket.destroy()
    })
    socket.on('error', reject)
  })
}

describe('TLS', () => {
  test('serves over HTTP/1.1 with the certificate, as text or from files, and its URL says so', async () => {
    for (const tls of [serverTls, { cert: server.cert, key: server.key }]) {
      const { transport, origin } = await start(tls)
      expect(transport.url).toMatch(/^https:\/\/127\.0\.0\.1:\d+\/metrics$/)
      const { status, text } = await ask(`${origin}/metrics`, { ca: ca.cert })
      expect({ status, isWhole: text.includes('hits_total 0') }).toEqual({ status: 200, isWhole: true })
      await expect(ask(origin.replace('https', 'http'))).rejects.toThrow(/socket hang up|ECONNRESET/)
    }
  })

  test('has versions 1.2 and 1.3 unless the options say otherwise', async () => {
    expect(await versions((await start(serverTls)).port)).toEqual(['TLS12', 'TLS13'])
    expect(await versions((await start({ ...serverTls, minVersion: 'TLS13' })).port)).toEqual(['TLS13'])
    expect(await versions((await start({ ...serverTls, maxVersion: 'TLS12' })).port)).toEqual(['TLS12'])
    const old = await start({ ...serverTls, minVersion: 'TLS10' })
    expect(await versions(old.port)).toEqual(['TLS10', 'TLS11', 'TLS12', 'TLS13'])
  }, 60_000)

  test('agrees on the cipher suites and curves of the options only', async () => {
    const { port } = await start({
      ...serverTls,
      cipherSuites: ['TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384', 'TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256'],
      curves: ['CurveP384'],
    })
    const both = 'ECDHE-ECDSA-AES128-GCM-SHA256:ECDHE-ECDSA-AES256-GCM-SHA384'
    const old = { maxVersion: 'TLSv1.2', ciphers: both } as const
    expect(await agree(port, old)).toMatchObject({
      cipher: 'ECDHE-ECDSA-AES256-GCM-SHA384',
      curve: 'secp384r1',
    })
    expect(await agree(port)).toMatchObject({ protocol: 'TLSv1.3' })
    await expect(agree(port, { ...old, ciphers: 'ECDHE-ECDSA-CHACHA20-POLY1305' })).rejects.toThrow(
      /handshake failure/,
    )
    await expect(agree(port, { ...old, ecdhCurve: 'X25519' })).rejects.toThrow(/handshake failure/)
  })

  test('closes the connection of a client that does not finish the handshake', async () => {
    const { connect } = await import('node:net')
    const { port, origin } = await start(serverTls, { limits: { headersTimeoutMs: 300 } })
    const silent = connect(port, '127.0.0.1')
    onTestFinished(() => void silent.destroy())
    silent.on('error', () => {})
    silent.resume()
    const from = performance.now()
    await new Promise((resolve) => silent.once('close', resolve))
    expect(performance.now() - from).toBeLessThan(2_000)
    expect((await ask(`${origin}/metrics`, { ca: ca.cert })).status).toBe(200)
  })

  test('closes the connection of a client that never reads', async () => {
    const many = {
      level: { kind: 'gauge', name: 'level', help: 'h', labels: { n: {} }, seriesLimit: 1e6 },
    } as const
    const { origin, instruments } = await startPages(many, {
      prometheus: { tls: serverTls, limits: { clientTimeoutMs: 500 } },
      host: { selfMetrics: 'on' },
    })
    for (let i = 0; i < 200_000; i++) instruments.level.set({ n: `a series with a number ${i}` }, i)
    const socket = tlsConnect({ port: Number(new URL(origin).port), host: '127.0.0.1', ca: ca.cert }, () => {
      socket.pause()
      socket.write('GET /metrics HTTP/1.1\r\nHost: x\r\n\r\n')
    })
    socket.on('error', () => {})
    onTestFinished(() => void socket.destroy())
    const aborted = async () =>
      (await ask(`${origin}/metrics?plugin[]=tidegauge`, { ca: ca.cert })).text.includes(
        'outcome="aborted"} 1\n',
      )
    await expect.poll(aborted, { timeout: 2_500 }).toBe(true)
  })
})

describe('client certificates', () => {
  const other = made.selfSigned('stranger-ca')
  const good = made.sign('good', {
    sans: 'DNS:scraper.example,IP:10.0.0.1,email:ops@example.org,URI:spiffe://example/scraper',
  })
  const wrongName = made.sign('wrong-name', { sans: 'DNS:scraper.example.evil' })
  const noName = made.sign('no-name', { sans: '' })
  const expired = made.sign('expired', {
    sans: 'DNS:scraper.example',
    from: '20200101000000Z',
    to: '20200201000000Z',
  })
  const early = made.sign('early', {
    sans: 'DNS:scraper.example',
    from: '20900101000000Z',
    to: '20910101000000Z',
  })
  const stranger = made.sign('stranger', { sans: 'DNS:scraper.example', by: other })
  const pairs = { none: undefined, good, wrongName, noName, expired, early, stranger }
  type Name = keyof typeof pairs
  const names = Object.keys(pairs) as Name[]
  const admitted = async (origin: string): Promise<Name[]> => {
    const found: Name[] = []
    for (const name of names) {
      const pair = pairs[name]
      const answer = await ask(`${origin}/metrics`, {
        ca: ca.cert,
        ...(pair && { cert: pair.cert, key: pair.key }),
      }).catch(() => undefined)
      if (answer?.status === 200) found.push(name)
      else expect(answer?.text ?? '').not.toContain('hits_total')
    }
    return found
  }

  test.each([
    ['NoClientCert', undefined, names],
    ['RequestClientCert', undefined, names],
    ['RequireAnyClientCert', undefined, names.slice(1)],
    ['VerifyClientCertIfGiven', undefined, ['none', 'good', 'wrongName', 'noName']],
    ['RequireAndVerifyClientCert', undefined, ['good', 'wrongName', 'noName']],
    ['RequireAndVerifyClientCert', ['scraper.example'], ['good']],
    ['RequireAndVerifyClientCert', ['other', '10.0.0.1'], ['good']],
    ['RequireAndVerifyClientCert', ['ops@example.org'], ['good']],
    ['RequireAndVerifyClientCert', ['spiffe://example/scraper'], ['good']],
    ['RequireAndVerifyClientCert', ['Scraper.example', '*.example', 'example', 'good'], []],
    ['RequireAndVerifyClientCert', [], []],
    ['RequireAnyClientCert', ['scraper.example'], ['good', 'expired', 'early', 'stranger']],
  ] as const)('%s with the names %j accepts %j', async (clientAuthType, sans, expected) => {
    const { origin, log } = await start({
      ...serverTls,
      clientAuthType,
      ...(clientAuthType !== 'NoClientCert' && { clientCaFile: ca.certFile }),
      ...(sans && { clientAllowedSans: sans }),
    })
    expect(await admitted(origin)).toEqual(expected)
    const logged = log.filter((line) => line.includes('a client was refused'))
    // each reason once, for any number of clients
    expect(new Set(logged).size).toBe(logged.length)
    if (expected.length < names.length) expect(logged.length).toBeGreaterThan(0)
  })

  test('have their own names, and none that is hidden in another name', () => {
    const names = (subjectAltName: string) => subjectAltNames({ subjectAltName })
    expect(names('DNS:a.example, IP Address:2001:DB8:0:0:0:0:0:1, email:a@b, URI:spiffe://x/y')).toEqual([
      'a.example',
      '2001:DB8:0:0:0:0:0:1',
      'a@b',
      'spiffe://x/y',
    ])
    expect(names('DNS:"evil.example, DNS:scraper.example"')).toEqual(['evil.example, DNS:scraper.example'])
    expect(names('othername:"x, DNS:scraper.example", DNS:b')).toEqual(['b'])
    expect(names('DirName:"CN = x, DNS:scraper.example", DNS:c')).toEqual(['c'])
    expect(names('')).toEqual([])
  })
})

describe('at the start', () => {
  const startHost = (options: PrometheusOptions) =>
    createTidegauge()
      .export(prometheus({ port: 0, ...options }))
      .start()
  test.each([
    [
      'a certificate that is not there',
      { certFile: '/none.pem', keyFile: server.keyFile },
      /tls\.certFile was a file that cannot be read \(ENOENT\)/,
    ],
    [
      'a key that is not there',
      { certFile: server.certFile, keyFile: '/none.key' },
      /tls\.keyFile was a file that cannot be read \(ENOENT\)/,
    ],
    [
      'the key of another certificate',
      { certFile: server.certFile, keyFile: ca.keyFile },
      /the key of another certificate/,
    ],
    [
      'a text that is not a certificate',
      { cert: 'canary', key: server.key },
      /tls\.cert was not a certificate/,
    ],
    ['a text that is not a key', { cert: server.cert, key: 'canary' }, /tls\.key was not a private key/],
    [
      'a CA that is not a certificate',
      { ...serverTls, clientCa: 'canary', clientAuthType: 'RequireAndVerifyClientCert' },
      /tls\.clientCa was not a certificate/,
    ],
  ] as const)('refuses %s, with a message without secrets', async (_, tls, words) => {
    const thrown = (await startHost({ tls }).then(
      () => undefined,
      (error: unknown) => error,
    )) as Error & { code: string }
    expect(thrown.code).toBe('OPTIONS_INVALID')
    expect(thrown.message).toMatch(words)
    expect(thrown.message).not.toContain('canary')
  })

  const wrong: [any, RegExp][] = [
    [{ tls: {} }, /tls\.certFile was missing/],
    [{ tls: { ...serverTls, minVersion: 'SSL3' } }, /tls\.minVersion was "SSL3", expected one of TLS10/],
    [
      { tls: { ...serverTls, minVersion: 'TLS13', maxVersion: 'TLS12' } },
      /tls\.maxVersion was TLSv1\.2, expected TLSv1\.3 or newer/,
    ],
    [{ tls: { ...serverTls, cipherSuites: ['ECDHE'] } }, /tls\.cipherSuites\.0 was "ECDHE"/],
    [{ tls: { ...serverTls, curves: ['P-256'] } }, /tls\.curves\.0 was "P-256"/],
    [{ tls: { ...serverTls, clientCaFile: ca.certFile } }, /tls\.clientAuthType was NoClientCert/],
    [
      { tls: { ...serverTls, clientAllowedSans: ['x'] } },
      /tls\.clientAllowedSans was a list together with NoClientCert/,
    ],
    [{ tls: { ...serverTls, cert: server.cert } }, /tls\.cert was given together with certFile/],
    [{ tls: serverTls, server: 'none' }, /tls was given together with server "none"/],
    [{ tls: serverTls, webConfigFile: 'x.yml' }, /tls was given together with webConfigFile/],
    [{ basicAuth: { users: { alice: 'canary' } } }, /basicAuth\.users\.alice was not a bcrypt hash/],
    [
      { basicAuth: { users: { alice: 'canary' } }, port: 'x' },
      /basicAuth\.users\.alice was not a bcrypt hash.*|port was "x"/,
    ],
    [{ bearerTokens: 'canary' }, /bearerTokens was a string, expected a list/],
    [{ bearerTokens: ['canary', ''] }, /bearerTokens\.1 was an empty string/],
    [{ headers: { 'X-Powered-By': 'canary' } }, /headers\.X-Powered-By was a header that cannot be set here/],
    [
      { headers: { 'X-Frame-Options': 'canary' } },
      /headers\.X-Frame-Options was a value that is not allowed, expected "deny" or "sameorigin"/,
    ],
    [
      { headers: { 'Content-Security-Policy': 'a\r\nSet-Cookie: b' } },
      /a value that is not valid in a header/,
    ],
    [{ rateLimit: { intervalMs: 0, burst: 0 } }, /rateLimit\.intervalMs was 0.*rateLimit\.burst was 0/],
    [
      { limits: { maxScrapes: 0, clientTimeoutMs: 1 } },
      /limits\.maxScrapes was 0.*limits\.clientTimeoutMs was 1/,
    ],
  ]
  test.each(wrong.map(([options, words]) => ({ options, words })))(
    'refuses options: $words',
    ({ options, words }) => {
      let thrown: any
      try {
        prometheus(options)
      } catch (error) {
        thrown = error
      }
      expect(thrown?.code).toBe('OPTIONS_INVALID')
      expect(thrown.message).toMatch(words)
      expect(JSON.stringify(thrown) + thrown.message).not.toContain('canary')
    },
  )

  test('warns of an expired certificate, and uses it', async () => {
    const past = made.sign('past', { from: '20200101000000Z', to: '20200201000000Z' })
    const { origin, log } = await start({ certFile: past.certFile, keyFile: past.keyFile })
    expect(log.filter((line) => line.includes('expired'))).toHaveLength(1)
    expect((await ask(`${origin}/metrics`, { rejectUnauthorized: false })).status).toBe(200)
  })

  test('sets the response headers on every answer', async () => {
    const { origin } = await startPages(table, {
      prometheus: { headers: { 'X-Frame-Options': 'deny', 'Strict-Transport-Security': 'max-age=1' } },
    })
    for (const path of ['/metrics', '/', '/nothing'])
      expect((await ask(origin + path)).headers).toMatchObject({
        'x-frame-options': 'deny',
        'strict-transport-security': 'max-age=1',
      })
  })

  test('reads files at the start, not before', async () => {
    const transport = prometheus({ port: 0, webConfigFile: '/none/web.config.yml' })
    expect(transport.apiLevel).toBe(apiLevel)
    await expect(createTidegauge().export(transport).start()).rejects.toMatchObject({
      code: 'OPTIONS_INVALID',
    })
  })
})
