import { expect, describe, test } from 'vitest'
import fc from 'fast-check'
import type { OptionIssue } from '@tidegauge/core'
import { parseDuration } from '../../../src/security/web-config/duration.js'
import { parseWebConfig } from '../../../src/security/web-config/web-config.js'
import { agreed } from './cases.js'
import { runs } from '@tidegauge/testkit'

function parse(text: string) {
  const issues: OptionIssue[] = []
  const spec = parseWebConfig(text, '/etc/tidegauge/web.config.yml', (path, received, expected) => {
    issues.push({ path, received, expected })
  })
  return { spec, issues }
}

describe('a web.config.yml', () => {
  test('may have every field of the exporter-toolkit, with paths relative to its folder', () => {
    const { spec, issues } = parse(`
tls_server_config:
  cert_file: tls/cert.pem
  key_file: /keys/key.pem
  client_ca: some text
  client_auth_type: RequireClientCert
  client_allowed_sans: [a.example, 10.0.0.1]
  min_version: TLS11
  max_version: TLS12
  cipher_suites: [TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256]
  prefer_server_cipher_suites: off
  curve_preferences: [X25519, CurveP521]
http_server_config:
  http2: true
  headers: { X-Frame-Options: deny, X-XSS-Protection: "" }
basic_auth_users: { alice: $2y$10$QOauhQNbBCuQDKes6eFzPeMqBSjb7Mr5DUmpZ/VcEd00UAV/LDeSi }
rate_limit: { interval: 1m30s, burst: 5 }
`)
    expect(issues).toEqual([])
    expect(spec).toEqual({
      tls: {
        cert: { path: 'tls_server_config.cert_file (line 3, column 3)', file: '/etc/tidegauge/tls/cert.pem' },
        key: { path: 'tls_server_config.key_file (line 4, column 3)', file: '/keys/key.pem' },
        clientCa: { path: 'tls_server_config.client_ca (line 5, column 3)', text: 'some text' },
        clientAuth: 'RequireAnyClientCert',
        allowedSans: ['a.example', '10.0.0.1'],
        minVersion: 'TLSv1.1',
        maxVersion: 'TLSv1.2',
        ciphers: ['ECDHE-RSA-AES128-GCM-SHA256'],
        curves: ['X25519', 'P-521'],
        preferServerCiphers: false,
      },
      users: new Map([['alice', '$2y$10$QOauhQNbBCuQDKes6eFzPeMqBSjb7Mr5DUmpZ/VcEd00UAV/LDeSi']]),
      headers: new Map([['X-Frame-Options', 'deny']]),
      rateLimit: { intervalMs: 90_000, burst: 5 },
      warnings: ['http2 is on in the file, but only HTTP/1.1 is supported'],
    })
  })

  test('has every issue at once, with line and column, and without values that may be secrets', () => {
    const { issues } = parse(`tls_server_config:
  cert_fil: canary
  min_version: TLS9
basic_auth_users:
  alice: canary
  "bob\\n": {a: canary}
rate_limit:
  interval: canary
http_server_config:
  headers:
    Set-Cookie: canary
`)
    expect(issues.map(({ path, received }) => `${path}: ${received}`)).toEqual([
      'tls_server_config.cert_fil (line 2, column 3): an unknown field',
      'tls_server_config.min_version (line 3, column 3): "TLS9"',
      'basic_auth_users."bob\\n" (line 6, column 3): a map',
      'basic_auth_users.alice (line 5, column 3): not a bcrypt hash',
      'basic_auth_users."bob\\n" (line 6, column 3): not a bcrypt hash',
      'http_server_config.headers.Set-Cookie (line 11, column 5): a header that cannot be set here',
      'rate_limit.interval (line 8, column 3): not a duration',
    ])
    expect(JSON.stringify(issues)).not.toContain('canary')
  })

  test('that is not YAML gives a line and column, without quoting it', () => {
    // the parser's own message quotes the second
    for (const text of ['"canary', '|canary', '!canary!x y', '"x" canary']) {
      const { issues } = parse(`basic_auth_users:\n  alice: ${text}\n`)
      expect(issues.length, text).toBeGreaterThan(0)
      expect(issues[0].path).toMatch(/^\(line \d+, column \d+\)$/)
      expect(JSON.stringify(issues)).not.toContain('canary')
    }
  })

  test('a rate limit of 0 means no limit, and one without a burst is an issue', () => {
    expect(parse('rate_limit: {interval: 0, burst: 0}')).toMatchObject({
      spec: { rateLimit: undefined },
      issues: [],
    })
    expect(parse('rate_limit: {}')).toMatchObject({ spec: { rateLimit: undefined }, issues: [] })
    expect(parse('rate_limit: {interval: 1s}').issues).toMatchObject([{ path: 'rate_limit.burst' }])
    expect(parse('rate_limit: {interval: 1s, burst: 1.5}').issues).toHaveLength(1)
    expect(parse('rate_limit: {interval: -1s, burst: 1}').issues).toHaveLength(1)
  })

  test('a burst of 0 allows no request, as in the exporter-toolkit (issue 10.29)', () => {
    expect(parse('rate_limit: {interval: 1s, burst: 0}')).toMatchObject({
      spec: {
        rateLimit: { intervalMs: 1_000, burst: 0 },
        warnings: ['rate_limit.burst is 0, so every request is refused'],
      },
      issues: [],
    })
  })

  test('never throws and never takes long, for any text', () => {
    const texts = Object.values(agreed)
    const mangled = fc
      .tuple(fc.constantFrom(...texts), fc.nat(), fc.nat(200), fc.string({ maxLength: 20 }))
      .map(
        ([text, at, cut, put]) =>
          text.slice(0, at % (text.length + 1)) + put + text.slice((at % (text.length + 1)) + cut),
      )
    fc.assert(
      fc.property(fc.oneof(mangled, fc.string({ maxLength: 200 })), (text) => {
        const { spec } = parse(text)
        expect(spec.users).toBeInstanceOf(Map)
      }),
      { numRuns: runs(2_000) },
    )
    const bombs = [
      `a: &a {<<: *a}`,
      `tls_server_config: &a\n  <<: *a\n`,
      `x0: &x0 [a,a]\n${Array.from({ length: 60 }, (_, i) => `x${i + 1}: &x${i + 1} [*x${i},*x${i}]`).join('\n')}\n`,
      `tls_server_config:\n  <<: [${'{a: b},'.repeat(5_000)}]\n`,
      '['.repeat(20_000),
      '- '.repeat(5_000),
    ]
    for (const bomb of bombs) {
      const from = performance.now()
      parse(bomb)
      expect(performance.now() - from).toBeLessThan(2_000)
    }
  })
})

test('durations are parsed as in Go', () => {
  const read = {
    '0': 0,
    '1s': 1_000,
    '1m30s': 90_000,
    '1.5h': 5_400_000,
    '.5s': 500,
    '100ms': 100,
    '2us': 0.002,
    '2µs': 0.002,
    '5ns': 5e-6,
  }
  for (const [text, ms] of Object.entries(read)) expect(parseDuration(text), text).toBeCloseTo(ms, 9)
  for (const text of ['', '1', 's', '-1s', '1 s', '1d', '1e3s', '1s,', '1s'.repeat(40), 'NaN'])
    expect(parseDuration(text), text).toBeUndefined()
})
