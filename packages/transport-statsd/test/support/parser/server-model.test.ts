import { describe, expect, it } from 'vitest'
import { createServerModel } from './server-model.js'

const bytes = (text: string) => new TextEncoder().encode(text)

describe('the model of a server', () => {
  it('adds counters divided by their rate (statsd/statsd, docs/metric_types.md)', () => {
    const server = createServerModel('none')
    server.receive(bytes('gorets:1|c|@0.1\ngorets:2|c\ngorets:-1|c'))
    expect(server.counter('gorets')).toBeCloseTo(11)
    expect(server.counter('other')).toBeUndefined()
  })

  it('adds a value with a sign to a gauge, and sets one without: 333 - 10 + 4 is 327 in its document', () => {
    const server = createServerModel('none')
    server.receive(bytes('gaugor:333|g'))
    server.receive(bytes('gaugor:-10|g\ngaugor:+4|g'))
    expect(server.gauge('gaugor')).toBe(327)
    server.receive(bytes('gaugor:0|g\ngaugor:-7|g'))
    expect(server.gauge('gaugor')).toBe(-7)
  })

  it('sets a gauge with a sign in the mode of Datadog’s agent', () => {
    const server = createServerModel('dogstatsd', 'absolute')
    server.receive(bytes('a:333|g\na:-10|g'))
    expect(server.gauge('a')).toBe(-10)
  })

  it('identifies a series by its tags in any order', () => {
    const server = createServerModel('influx')
    server.receive(bytes('a,x=1,y=2:1|c\na,y=2,x=1:1|c\na,x=2,y=1:1|c'))
    expect(server.counter('a', { y: '2', x: '1' })).toBe(2)
    expect(server.counts.counters).toBe(2)
  })

  it('keeps samples with their weight, and the members of sets', () => {
    const server = createServerModel('dogstatsd')
    server.receive(bytes('t:320|ms|@0.1\nt:1:2|ms\nu:x|s\nu:x|s\nu:y|s'))
    expect(server.samples('t')).toEqual([
      { value: 320, weight: 10 },
      { value: 1, weight: 1 },
      { value: 2, weight: 1 },
    ])
    expect([...server.members('u')]).toEqual(['x', 'y'])
  })

  it('applies nothing of a datagram with a bad line', () => {
    const server = createServerModel('none')
    expect(() => server.receive(bytes('a:1|c\nb|c'))).toThrow(SyntaxError)
    expect(server.counts).toEqual({ counters: 0, gauges: 0, samples: 0 })
  })

  it('parses a connection', () => {
    const server = createServerModel('none')
    server.receiveStream(bytes('a:1|c\na:2|c\n'))
    expect(server.counter('a')).toBe(3)
  })
})
