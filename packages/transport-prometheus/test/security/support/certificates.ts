/** Certificates for one test file, made with openssl in a temporary folder. */
import { execFileSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

export interface Pair {
  readonly certFile: string
  readonly keyFile: string
  readonly cert: string
  readonly key: string
}

export interface CertificateFolder {
  readonly folder: string
  /** The authority that signs the certificates of `sign`. */
  readonly ca: Pair
  /** Makes a certificate that the authority signs; `from` and `to` as `YYYYMMDDHHMMSSZ`. */
  sign(name: string, options?: { sans?: string; from?: string; to?: string; by?: Pair }): Pair
  /** Makes a self-signed certificate. */
  selfSigned(name: string): Pair
  remove(): void
}

const openssl = (...args: string[]) => execFileSync('openssl', args, { stdio: ['ignore', 'pipe', 'pipe'] })
const keyArgs = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes']

export function makeCertificates(): CertificateFolder {
  const folder = mkdtempSync(join(tmpdir(), 'tidegauge-tls-'))
  const at = (name: string) => join(folder, name)
  const pair = (name: string): Pair => {
    const [certFile, keyFile] = [at(`${name}.pem`), at(`${name}.key`)]
    return { certFile, keyFile, cert: readFileSync(certFile, 'utf8'), key: readFileSync(keyFile, 'utf8') }
  }
  const selfSigned = (name: string) => {
    const files = ['-keyout', at(`${name}.key`), '-out', at(`${name}.pem`)]
    openssl('req', '-x509', ...keyArgs, ...files, '-days', '30', '-subj', `/CN=${name}`)
    return pair(name)
  }
  const ca = selfSigned('ca')
  writeFileSync(at('index.txt'), '')
  writeFileSync(at('index.txt.attr'), 'unique_subject = no\n')
  writeFileSync(
    at('ca.cnf'),
    `[ca]
default_ca = here
[here]
database = ${at('index.txt')}
new_certs_dir = ${folder}
rand_serial = yes
default_md = sha256
policy = any
[any]
commonName = supplied
`,
  )
  return {
    folder,
    ca,
    selfSigned,
    sign(name, { sans = 'IP:127.0.0.1,DNS:localhost', from, to, by = ca } = {}) {
      openssl(
        'req',
        '-new',
        ...keyArgs,
        '-keyout',
        at(`${name}.key`),
        '-out',
        at(`${name}.csr`),
        '-subj',
        `/CN=${name}`,
      )
      writeFileSync(
        at(`${name}.ext`),
        sans === '' ? 'basicConstraints=CA:FALSE\n' : `subjectAltName=${sans}\n`,
      )
      const dates = from === undefined ? ['-days', '30'] : ['-startdate', from, '-enddate', to!]
      const signer = ['-cert', by.certFile, '-keyfile', by.keyFile, '-extfile', at(`${name}.ext`)]
      const files = ['-in', at(`${name}.csr`), '-out', at(`${name}.pem`), '-notext']
      openssl('ca', '-batch', '-config', at('ca.cnf'), ...signer, ...dates, ...files)
      return pair(name)
    },
    remove: () => rmSync(folder, { recursive: true, force: true }),
  }
}
