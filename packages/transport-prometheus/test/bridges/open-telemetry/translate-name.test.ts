import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { translateName, type NamedMetric } from '../../../src/bridges/open-telemetry/translate-name.js'

// expected values worked out by hand from "Prometheus and OpenMetrics compatibility" of OpenTelemetry
const cases: [name: string, unit: string, kind: NamedMetric['kind'], expected: string, unitWord: string][] = [
  ['http.server.request.duration', 's', 'other', 'http_server_request_duration_seconds', 'seconds'],
  ['system.io', 'foo', 'other', 'system_io_foo', 'foo'],
  ['system.network.io', 'By', 'monotonic_sum', 'system_network_io_bytes_total', 'bytes'],
  ['requests', '{request}', 'monotonic_sum', 'requests_total', ''],
  ['jobs.total', '1', 'monotonic_sum', 'jobs_total', ''],
  ['total_jobs', '', 'monotonic_sum', 'jobs_total', ''],
  ['cpu.utilization', '1', 'gauge', 'cpu_utilization_ratio', ''],
  ['ratio.of.cpu', '1', 'gauge', 'of_cpu_ratio', ''],
  ['cpu.utilization', '1', 'other', 'cpu_utilization', ''],
  ['disk.speed', 'By/s', 'gauge', 'disk_speed_bytes_per_second', 'bytes_per_second'],
  ['speed', 'm/{lap}', 'gauge', 'speed_meters', 'meters'],
  ['rate', '{packet}/s', 'gauge', 'rate_per_second', 'per_second'],
  ['memory_bytes.used', 'By', 'gauge', 'memory_bytes_used', 'bytes'],
  ['temperature', 'Cel', 'gauge', 'temperature_celsius', 'celsius'],
  ['load', '%', 'gauge', 'load_percent', 'percent'],
  ['a..b__c--d', '', 'other', 'a_b_c_d', ''],
  ['5xx.responses', '', 'monotonic_sum', '_5xx_responses_total', ''],
  ['ns:sub.total', '', 'other', 'ns:sub_total', ''],
  ['größe', 'GiBy', 'gauge', 'gr_e_gibibytes', 'gibibytes'],
  ['odd.unit', '_$km h_', 'gauge', 'odd_unit_km_h', 'km_h'],
  ['--', 's', 'gauge', '', ''],
]

describe('a metric name of OpenTelemetry', () => {
  test.each(cases)('%s in %s as %s is %s', (name, unit, kind, expected, unitWord) => {
    expect(translateName({ name, unit, kind })).toEqual({ name: expected, unit: unitWord })
  })

  test('is always valid in Prometheus, or empty', () => {
    const kind = fc.constantFrom('monotonic_sum', 'gauge', 'other' as const)
    fc.assert(
      fc.property(fc.string(), fc.string(), kind, (name, unit, as) => {
        const result = translateName({ name, unit, kind: as })
        expect(result.name).toMatch(/^([a-zA-Z_:][a-zA-Z0-9_:]*)?$/)
        expect(result.name).not.toMatch(/__/)
      }),
    )
  })
})
