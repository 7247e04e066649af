/** Files for the comparison with promtool. */

const HASH = '$2y$10$QOauhQNbBCuQDKes6eFzPeMqBSjb7Mr5DUmpZ/VcEd00UAV/LDeSi'
const pair = 'tls_server_config:\n  cert_file: server.pem\n  key_file: server.key\n'
const tls = (more: string) => `${pair}  ${more.replaceAll('\n', '\n  ')}\n`
const headers = (more: string) => `http_server_config:\n  headers:\n    ${more}\n`
const user = (hash: string) => `basic_auth_users:\n  alice: ${hash}\n`

/** Files with the same verdict, by name; the name starts with the verdict. */
export const agreed: Readonly<Record<string, string>> = {
  'good: empty': '',
  'good: a comment': '# nothing\n',
  'good: null': 'null\n',
  'good: an empty map': '{}\n',
  'good: JSON': '{"http_server_config": {"http2": false}}\n',
  'good: empty sections': 'tls_server_config:\nhttp_server_config:\nbasic_auth_users:\n',
  'good: a TLS section that names no certificate': 'tls_server_config:\n  min_version: TLS13\n',
  'good: certificate and key': pair,
  'good: absolute paths':
    'tls_server_config:\n  cert_file: FOLDER/server.pem\n  key_file: FOLDER/server.key\n',
  'good: an RSA pair': 'tls_server_config:\n  cert_file: rsa.pem\n  key_file: rsa.key\n',
  'good: an expired certificate': 'tls_server_config:\n  cert_file: past.pem\n  key_file: past.key\n',
  'good: versions': tls('min_version: TLS10\nmax_version: TLS12'),
  'good: the newest version only': tls('min_version: TLS13\nmax_version: TLS13'),
  'good: quoted texts': tls('min_version: "TLS12"\nmax_version: \'TLS13\''),
  'good: cipher suites': tls(
    'cipher_suites:\n  - TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256\n  - TLS_AES_128_GCM_SHA256',
  ),
  'good: cipher suites without forward secrecy': tls('cipher_suites: [TLS_RSA_WITH_AES_128_CBC_SHA]'),
  'good: every cipher suite of a kind': tls(
    'cipher_suites: [TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256, TLS_ECDHE_ECDSA_WITH_AES_256_CBC_SHA]',
  ),
  'good: no cipher suites': tls('cipher_suites: []'),
  'good: curves': tls('curve_preferences: [CurveP256, CurveP384, CurveP521, X25519]'),
  'good: flags in old YAML': tls('prefer_server_cipher_suites: no'),
  'good: a null flag': 'http_server_config:\n  http2: null\n',
  'good: the older name of a policy': tls('client_auth_type: RequireClientCert'),
  'good: no client certificates': tls('client_auth_type: NoClientCert'),
  'good: an empty policy': tls('client_auth_type: ""'),
  'good: client certificates': tls('client_auth_type: RequireAndVerifyClientCert\nclient_ca_file: ca.pem'),
  'good: client certificates if given': tls(
    'client_auth_type: VerifyClientCertIfGiven\nclient_ca_file: ca.pem',
  ),
  'good: any client certificate': tls('client_auth_type: RequireAnyClientCert'),
  'good: a policy without a CA': tls('client_auth_type: RequireAndVerifyClientCert'),
  'good: http2 off': 'http_server_config:\n  http2: false\n',
  'good: http2 with TLS': `${pair}http_server_config:\n  http2: true\n`,
  'good: all five headers':
    'http_server_config:\n  headers:\n    Content-Security-Policy: default-src\n    X-Frame-Options: sameorigin\n    X-Content-Type-Options: nosniff\n    X-XSS-Protection: 1; mode=block\n    Strict-Transport-Security: max-age=1\n',
  'good: a blank header': headers('Content-Security-Policy: ""'),
  'good: a number for a header': headers('X-XSS-Protection: 0'),
  'good: a user': user(HASH),
  'good: a user named like a number': `basic_auth_users:\n  1: ${HASH}\n`,
  'good: a user named like a property': `basic_auth_users:\n  __proto__: ${HASH}\n  constructor: ${HASH}\n`,
  'good: a user without a name': `basic_auth_users:\n  "": ${HASH}\n`,
  'good: the older kind of hash': user(HASH.replace('2y', '2a')),
  'good: the lowest cost': user(HASH.replace('10', '04')),
  'good: no users': 'basic_auth_users: {}\n',
  'good: anchors': `basic_auth_users:\n  alice: &hash ${HASH}\n  bob: *hash\n`,
  'good: merged fields': `tls_server_config:\n  <<: {cert_file: server.pem, key_file: none.key}\n  key_file: server.key\n`,
  'bad: a certificate without a key': 'tls_server_config:\n  cert_file: server.pem\n',
  'bad: a key without a certificate': 'tls_server_config:\n  key_file: server.key\n',
  'bad: a policy without a certificate': 'tls_server_config:\n  client_auth_type: RequireAnyClientCert\n',
  'bad: a certificate that is not there':
    'tls_server_config:\n  cert_file: none.pem\n  key_file: server.key\n',
  'bad: a key that is not there': 'tls_server_config:\n  cert_file: server.pem\n  key_file: none.key\n',
  'bad: a key of another certificate': 'tls_server_config:\n  cert_file: server.pem\n  key_file: ca.key\n',
  'bad: certificate and key swapped': 'tls_server_config:\n  cert_file: server.key\n  key_file: server.pem\n',
  'bad: a file that is not a certificate':
    'tls_server_config:\n  cert_file: web.config.yml\n  key_file: server.key\n',
  'bad: a folder for a certificate': 'tls_server_config:\n  cert_file: .\n  key_file: server.key\n',
  'bad: a version of another kind': tls('min_version: SSL30'),
  'bad: a version of another spelling': tls('min_version: TLSv1.2'),
  'bad: a number for a version': tls('min_version: 12'),
  'bad: a list for a version': tls('min_version: [TLS12]'),
  'bad: an unknown cipher suite': tls('cipher_suites: [TLS_RSA_WITH_RC4_128_SHA]'),
  'bad: a cipher suite in OpenSSL’s spelling': tls('cipher_suites: [ECDHE-RSA-AES128-GCM-SHA256]'),
  'bad: a string for a list': tls('cipher_suites: TLS_AES_128_GCM_SHA256'),
  'bad: a map for a list': tls('cipher_suites: {a: b}'),
  'bad: an unknown curve': tls('curve_preferences: [P-256]'),
  'bad: a string for a flag': tls('prefer_server_cipher_suites: "true"'),
  'bad: a number for a flag': tls('prefer_server_cipher_suites: 1'),
  'bad: an unknown policy': tls('client_auth_type: requireClientCert'),
  'bad: a CA without a policy': tls('client_ca_file: ca.pem'),
  'bad: a CA that is not there': tls('client_ca_file: none.pem\nclient_auth_type: RequireAnyClientCert'),
  'bad: an unknown field at the top': 'tls_config: {}\n',
  'bad: an unknown field of TLS': tls('cert_fil: server.pem'),
  'bad: an unknown field of HTTP': 'http_server_config:\n  http3: true\n',
  'bad: a field in the wrong case': 'TLS_server_config: {}\n',
  'bad: a field twice': 'basic_auth_users: {}\nbasic_auth_users: {}\n',
  'bad: a user twice': `basic_auth_users:\n  alice: ${HASH}\n  alice: ${HASH}\n`,
  'bad: another header': headers('X-Powered-By: us'),
  'bad: a header in the wrong case': headers('x-frame-options: deny'),
  'bad: a header of another value': headers('X-Frame-Options: allow-from'),
  'bad: a blank header of closed values': headers('X-Content-Type-Options: ""'),
  'bad: a list for headers': 'http_server_config:\n  headers: [X-Frame-Options]\n',
  'bad: a list for a header': headers('X-Frame-Options: [deny]'),
  'bad: a plain password': user('wonderland'),
  'bad: no hash': user(''),
  'bad: a short hash': user(HASH.slice(0, 50)),
  'bad: a hash of too low a cost': user(HASH.replace('10', '03')),
  'bad: a hash of too high a cost': user(HASH.replace('10', '32')),
  'bad: a hash of a newer version': user(HASH.replace('2y', '3y')),
  'bad: a list of users': 'basic_auth_users: [alice]\n',
  'bad: a list': '- tls_server_config\n',
  'bad: a string': 'tls_server_config\n',
  'bad: an open bracket': 'tls_server_config: [\n',
  'bad: a tab': 'tls_server_config:\n\tcert_file: server.pem\n',
  'bad: an alias without an anchor': 'basic_auth_users:\n  alice: *hash\n',
  'bad: wrong indentation': 'tls_server_config:\n  cert_file: server.pem\n key_file: server.key\n',
}

/** Files with different verdicts: ours, and why. promtool 2.42 is older than some fields. */
export const different: Readonly<Record<string, { text: string; ours: 'good' | 'bad'; why: string }>> = {
  'certificate and key as text': {
    text: 'tls_server_config:\n  cert: CERT\n  key: KEY\n',
    ours: 'good',
    why: 'promtool 2.42 does not know cert and key',
  },
  'a client CA as text': {
    text: tls('client_auth_type: RequireAndVerifyClientCert\nclient_ca: CERT'),
    ours: 'good',
    why: 'promtool 2.42 does not know client_ca',
  },
  'allowed names': {
    text: tls(
      'client_auth_type: RequireAndVerifyClientCert\nclient_ca_file: ca.pem\nclient_allowed_sans: [a, 10.0.0.1]',
    ),
    ours: 'good',
    why: 'promtool 2.42 does not know client_allowed_sans',
  },
  'a rate limit': {
    text: 'rate_limit:\n  interval: 1s\n  burst: 10\n',
    ours: 'good',
    why: 'promtool 2.42 does not know rate_limit',
  },
  'a hash that can never match': {
    text: user(HASH.replace('LDeSi', 'LDeS!')),
    ours: 'bad',
    why: 'Go only checks length and cost, and the user would be locked out',
  },
  'a hash with a tail': {
    text: user(`${HASH}iiii`),
    ours: 'bad',
    why: 'Go ignores what follows the hash; a hash that was copied wrongly should be reported',
  },
  'a CA without a certificate': {
    text: tls('client_ca_file: web.config.yml\nclient_auth_type: RequireAndVerifyClientCert'),
    ours: 'bad',
    why: 'Go accepts any text as a CA, and every client would be locked out',
  },
  'a minimum version above the maximum version': {
    text: tls('min_version: TLS13\nmax_version: TLS12'),
    ours: 'bad',
    why: 'no client could connect',
  },
  'a header of two lines': {
    text: headers('Content-Security-Policy: "a\\nSet-Cookie: b"'),
    ours: 'bad',
    why: 'no header can carry a line break',
  },
  'two documents': {
    text: '{}\n---\nbasic_auth_users: {}\n',
    ours: 'bad',
    why: 'go-yaml only reads the first: users in the second would be ignored',
  },
}
