import { dirname, resolve } from 'node:path'
import { checkUsers } from '../bcrypt-hash.js'
import { checkHeaders } from '../check-headers.js'
import { checkTls } from '../check-tls.js'
import type { AddIssue, Field } from '../issue.js'
import type { PemSource, RateLimit, SecuritySpec, TlsSpec } from '../spec.js'
import { parseDuration } from './duration.js'
import {
  openYaml,
  readFilledText,
  readFlag,
  readMap,
  readText,
  readTexts,
  type YamlField,
  type YamlReader,
} from './yaml-reader.js'

const rootFields = ['tls_server_config', 'http_server_config', 'rate_limit', 'basic_auth_users']
const tlsFields = [
  'cert',
  'cert_file',
  'key',
  'key_file',
  'client_ca',
  'client_ca_file',
  'client_auth_type',
  'client_allowed_sans',
  'min_version',
  'max_version',
  'cipher_suites',
  'prefer_server_cipher_suites',
  'curve_preferences',
]

/**
 * Parses a web.config.yml of the exporter-toolkit. Does not read the files that it names.
 *
 * Strict: an unknown field is an issue. Every issue has its line and column. The result can only be used when there
 * are no issues. Source: exporter-toolkit, docs/web-configuration.md.
 */
export function parseWebConfig(text: string, file: string, addIssue: AddIssue): SecuritySpec {
  const reader = openYaml(text, addIssue)
  const none = { tls: undefined, users: new Map(), headers: new Map(), rateLimit: undefined, warnings: [] }
  if (reader === undefined) return none
  const root = readMap(reader, { path: '', value: reader.document.contents }, rootFields)
  const http = readMap(reader, section(root, 'http_server_config'), ['http2', 'headers'])
  const http2 = readFlag(reader, http.get('http2'))
  const headers = readMap(reader, http.get('headers') ?? { path: '', value: null })
  const tls = readTls(reader, section(root, 'tls_server_config'), dirname(file))
  const warnings: string[] = []
  if (tls === undefined && root.has('tls_server_config'))
    warnings.push('tls_server_config names no certificate, so TLS is off')
  if (http2 === true) warnings.push('http2 is on in the file, but only HTTP/1.1 is supported')
  const spec = {
    tls,
    users: checkUsers(texts(reader, readMap(reader, section(root, 'basic_auth_users'))), addIssue),
    headers: checkHeaders(texts(reader, headers), addIssue),
    rateLimit: readRateLimit(reader, root.get('rate_limit')),
    warnings,
  }
  if (spec.rateLimit?.burst === 0) warnings.push('rate_limit.burst is 0, so every request is refused')
  return spec
}

function readTls(reader: YamlReader, field: YamlField, folder: string): TlsSpec | undefined {
  const fields = readMap(reader, field, tlsFields)
  // where both are given the file is used, as in the exporter-toolkit
  const pem = (name: string): PemSource | undefined => {
    const file = readFilledText(reader, fields.get(`${name}_file`))
    const text = readFilledText(reader, fields.get(name))
    if (file !== undefined) return { path: file.path, file: resolve(folder, file.value) }
    return text && { path: text.path, text: text.value }
  }
  return checkTls(
    {
      cert: pem('cert'),
      key: pem('key'),
      clientCa: pem('client_ca'),
      clientAuth: readFilledText(reader, fields.get('client_auth_type')),
      allowedSans: readTexts(reader, fields.get('client_allowed_sans')),
      minVersion: readText(reader, fields.get('min_version')),
      maxVersion: readText(reader, fields.get('max_version')),
      cipherSuites: readTexts(reader, fields.get('cipher_suites'))?.value ?? [],
      curves: readTexts(reader, fields.get('curve_preferences'))?.value ?? [],
      preferServerCiphers: readFlag(reader, fields.get('prefer_server_cipher_suites')),
      names: {
        cert: 'tls_server_config.cert_file',
        key: 'tls_server_config.key_file',
        clientAuth: fields.get('client_auth_type')?.path ?? 'tls_server_config.client_auth_type',
      },
    },
    reader.addIssue,
  )
}

function readRateLimit(reader: YamlReader, field: YamlField | undefined): RateLimit | undefined {
  if (field === undefined) return undefined
  const fields = readMap(reader, field, ['interval', 'burst'])
  const interval = readText(reader, fields.get('interval'))
  const burst = readText(reader, fields.get('burst'))
  const intervalMs = interval === undefined ? 0 : parseDuration(interval.value)
  if (intervalMs === undefined)
    reader.addIssue(interval!.path, 'not a duration', 'one such as "1s" or "100ms"')
  if (intervalMs === undefined || intervalMs === 0) return undefined
  const isCount = /^\d{1,9}$/.test(burst?.value ?? '')
  if (!isCount) reader.addIssue(burst?.path ?? 'rate_limit.burst', 'another value', 'an integer of 0 or more')
  return { intervalMs, burst: isCount ? Number(burst!.value) : 0 }
}

function section(root: ReadonlyMap<string, YamlField>, name: string): YamlField {
  return root.get(name) ?? { path: name, value: null }
}

/** A map's values as strings; null becomes the empty string. */
function texts(reader: YamlReader, fields: ReadonlyMap<string, YamlField>): [string, Field<string>][] {
  return [...fields].map(([name, field]) => [
    name,
    readText(reader, field) ?? { path: field.path, value: '' },
  ])
}
