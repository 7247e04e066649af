import { dirname, resolve } from 'node:path'
import { checkHeaders, checkTls, checkUsers, type Fault, type Field } from '../fields.js'
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
 * Reads a web.config.yml, as the exporter-toolkit has it, without the files that it names.
 *
 * Strict: a field that is not known is a fault. Every fault is told, with its line and column; the result is of use
 * only when there were none. Source: exporter-toolkit, docs/web-configuration.md.
 */
export function parseWebConfig(text: string, file: string, fault: Fault): SecuritySpec {
  const reader = openYaml(text, fault)
  const none = { tls: undefined, users: new Map(), headers: new Map(), rateLimit: undefined, notes: [] }
  if (reader === undefined) return none
  const root = readMap(reader, { path: '', value: reader.document.contents }, rootFields)
  const http = readMap(reader, section(root, 'http_server_config'), ['http2', 'headers'])
  const http2 = readFlag(reader, http.get('http2'))
  const headers = readMap(reader, http.get('headers') ?? { path: '', value: null })
  const tls = readTls(reader, section(root, 'tls_server_config'), dirname(file))
  const notes: string[] = []
  if (tls === undefined && root.has('tls_server_config'))
    notes.push('tls_server_config names no certificate, so TLS is off')
  if (http2 === true) notes.push('http2 is on in the file, but only HTTP/1.1 is served')
  return {
    tls,
    users: checkUsers(texts(reader, readMap(reader, section(root, 'basic_auth_users'))), fault),
    headers: checkHeaders(texts(reader, headers), fault),
    rateLimit: readRateLimit(reader, root.get('rate_limit')),
    notes,
  }
}

function readTls(reader: YamlReader, field: YamlField, folder: string): TlsSpec | undefined {
  const fields = readMap(reader, field, tlsFields)
  const { fault } = reader
  // where both are given the file counts, as in the exporter-toolkit
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
    fault,
  )
}

function readRateLimit(reader: YamlReader, field: YamlField | undefined): RateLimit | undefined {
  if (field === undefined) return undefined
  const fields = readMap(reader, field, ['interval', 'burst'])
  const interval = readText(reader, fields.get('interval'))
  const burst = readText(reader, fields.get('burst'))
  const intervalMs = interval === undefined ? 0 : parseDuration(interval.value)
  if (intervalMs === undefined) reader.fault(interval!.path, 'no duration', 'one such as "1s" or "100ms"')
  if (intervalMs === undefined || intervalMs === 0) return undefined
  const count = /^\d{1,9}$/.test(burst?.value ?? '') ? Number(burst!.value) : 0
  if (count < 1) reader.fault(burst?.path ?? 'rate_limit.burst', 'no such number', 'an integer of 1 or more')
  return { intervalMs, burst: count }
}

function section(root: ReadonlyMap<string, YamlField>, name: string): YamlField {
  return root.get(name) ?? { path: name, value: null }
}

/** A map's values as texts; null is the empty one. */
function texts(reader: YamlReader, fields: ReadonlyMap<string, YamlField>): [string, Field<string>][] {
  return [...fields].map(([name, field]) => [
    name,
    readText(reader, field) ?? { path: field.path, value: '' },
  ])
}
