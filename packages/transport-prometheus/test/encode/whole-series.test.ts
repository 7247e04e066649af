import type { Distribution } from '@tidegauge/core'
import { runs, startTestHost } from '@tidegauge/testkit'
import { describe, expect, test } from 'vitest'
import { ByteWriter } from '../../src/encode/byte-writer.js'
import { encodeText } from '../../src/encode/text.js'

const SERIES = 50

/** A host with fifty histograms, and a scrape of them that calls `meanwhile` after each kilobyte. */
async function histograms(): Promise<{ series: Distribution[]; scrape(meanwhile: () => void): string }> {
  const { memory, instruments } = await startTestHost({
    wait: { kind: 'histogram', name: 'wait', help: 'h', bounds: [0.5, 1, 2], labels: { n: {} } },
  })
  const series = Array.from({ length: SERIES }, (_, n) => instruments.wait.labels({ n: String(n) }))
  const buffer = new Uint8Array(64 * 1024)
  return {
    series,
    scrape: (meanwhile) => {
      const writer = new ByteWriter(buffer)
      let text = ''
      const settings = { writer, format: 'text', chunkBytes: 1024 } as const
      for (const _ of encodeText(memory.context.read(), settings)) {
        text += new TextDecoder().decode(writer.written)
        writer.position = 0
        meanwhile()
      }
      return text + new TextDecoder().decode(writer.written)
    },
  }
}

describe('a scrape during collection', () => {
  test('never splits a histogram: its sum, count and buckets agree', { timeout: 1_800_000 }, async () => {
    const { series, scrape } = await histograms()
    let i = 0
    const observe = () => {
      for (let k = 0; k < 7; k++, i++) series[(i * 31) % SERIES].observe(1)
    }
    const pattern =
      /le="0.5"\} (\d+)\n.*le="1"\} (\d+)\n.*le="2"\} (\d+)\n.*le="\+Inf"\} (\d+)\nwait_sum\S* (\d+)\nwait_count\S* (\d+)\n/g
    let seen = 0
    // fifty histograms a scrape: a million of them under `npm run test:long`
    for (let n = 0; n < runs(1_000); n++) {
      for (const [, half, one, two, inf, sum, count] of scrape(observe).matchAll(pattern)) {
        seen++
        if (half !== '0' || one !== count || two !== count || inf !== count || sum !== count)
          expect({ half, one, two, inf, sum, count }).toBe('one and the same number')
      }
    }
    expect(seen).toBe(runs(1_000) * SERIES)
    expect(i).toBeGreaterThan(runs(1_000))
  })
})
