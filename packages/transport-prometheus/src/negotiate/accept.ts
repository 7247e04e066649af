/** A format that this endpoint writes, with its content type. */
export interface Representation {
  readonly format: 'text' | 'openmetrics' | 'protobuf' | 'json'
  readonly contentType: string
}

const text: Representation = {
  format: 'text',
  contentType: 'text/plain; version=0.0.4; charset=utf-8; escaping=underscores',
}
const protobuf: Representation = {
  format: 'protobuf',
  contentType:
    'application/vnd.google.protobuf; proto=io.prometheus.client.MetricFamily; encoding=delimited; escaping=underscores',
}
const json: Representation = { format: 'json', contentType: 'application/json; charset=utf-8' }
const openMetrics = (version: string): Representation => ({
  format: 'openmetrics',
  contentType: `application/openmetrics-text; version=${version}; charset=utf-8; escaping=underscores`,
})

/** The rest of a longer header is ignored: no scraper sends one, and parsing must be cheap. */
const MAX_CHARACTERS = 4_096

/**
 * Chooses the representation for an `Accept` header: the one with the highest quality, the first among equals.
 *
 * A header that matches nothing gets text 0.0.4, never 406, because some scrapers send wrong headers. OpenMetrics
 * without a version means 0.0.1.
 */
export function negotiate(accept: string | undefined): Representation {
  let best = text
  let bestQuality = 0
  for (const range of parseAccept(accept ?? '')) {
    const candidate = representationFor(range)
    if (candidate === undefined || range.quality <= bestQuality) continue
    best = candidate
    bestQuality = range.quality
  }
  return best
}

/** Whether an `Accept-Encoding` header accepts gzip, the only coding that Prometheus decodes. */
export function acceptsGzip(acceptEncoding: string | undefined): boolean {
  const codings = parseAccept(acceptEncoding ?? '')
  const named = codings.find(({ type }) => type === 'gzip' || type === 'x-gzip')
  const coding = named ?? codings.find(({ type }) => type === '*')
  return coding !== undefined && coding.quality > 0
}

interface AcceptRange {
  readonly type: string
  readonly parameters: ReadonlyMap<string, string>
  readonly quality: number
}

function representationFor({ type, parameters }: AcceptRange): Representation | undefined {
  const version = parameters.get('version')
  switch (type) {
    case 'application/openmetrics-text':
      if (version === undefined) return openMetrics('0.0.1')
      return version === '1.0.0' || version === '0.0.1' ? openMetrics(version) : undefined
    case 'text/plain':
      return version === undefined || version === '0.0.4' ? text : undefined
    case 'application/vnd.google.protobuf':
      return isMetricFamily(parameters) ? protobuf : undefined
    case 'text/*':
    case '*/*':
      return text
    case 'application/json':
      return json
    default:
      return undefined
  }
}

function isMetricFamily(parameters: ReadonlyMap<string, string>): boolean {
  const proto = parameters.get('proto')
  const encoding = parameters.get('encoding')
  return proto === 'io.prometheus.client.metricfamily' && (encoding === undefined || encoding === 'delimited')
}

/** Source: RFC 9110, sections 12.4.2 and 12.5. A quality that is not a number counts as 1. */
function parseAccept(header: string): AcceptRange[] {
  return header
    .slice(0, MAX_CHARACTERS)
    .split(',')
    .map((part) => {
      const [type = '', ...rest] = part.split(';').map((piece) => piece.trim().toLowerCase())
      const parameters = new Map(rest.map((piece) => parseParameter(piece)))
      const quality = Number(parameters.get('q') ?? 1)
      return { type, parameters, quality: Number.isNaN(quality) ? 1 : Math.min(Math.max(quality, 0), 1) }
    })
    .filter(({ type }) => type !== '')
}

/** The name and value of a parameter; quotes around the value are removed. */
function parseParameter(parameter: string): [string, string] {
  const [, name = parameter, value = ''] = /^([^=]*)=(.*)$/s.exec(parameter) ?? []
  return [name.trim(), value.trim().replace(/^"(.*)"$/, '$1')]
}
