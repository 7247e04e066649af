/** The reader against the examples of the formats' own documents, and against what they do not allow. */
import { describe, expect, it } from 'vitest'
import type { Kind, Line, Style } from './line.js'
import { styles } from './line.js'
import { parseDatagram, parseLine, parseStream } from './parse-datagram.js'

const bytes = (text: string) => new TextEncoder().encode(text)

const line = (name: string, value: number, kind: Kind, more: Partial<Line> = {}): Line => ({
  name,
  tags: [],
  kind,
  value,
  relative: false,
  sampleRate: 1,
  ...more,
})

interface Example {
  readonly style: Style
  readonly text: string
  readonly lines: readonly Line[]
}

const example = (style: Style, text: string, ...lines: Line[]): Example => ({ style, text, lines })

describe('the examples of statsd/statsd, docs/metric_types.md', () => {
  it.each([
    example('none', 'gorets:1|c', line('gorets', 1, 'c')),
    example('none', 'gorets:1|c|@0.1', line('gorets', 1, 'c', { sampleRate: 0.1 })),
    example('none', 'glork:320|ms|@0.1', line('glork', 320, 'ms', { sampleRate: 0.1 })),
    example('none', 'gaugor:333|g', line('gaugor', 333, 'g')),
    example('none', 'gaugor:-10|g', line('gaugor', -10, 'g', { relative: true })),
    example('none', 'gaugor:+4|g', line('gaugor', 4, 'g', { relative: true })),
    example('none', 'uniques:765|s', line('uniques', Number.NaN, 's', { member: '765' })),
    example(
      'none',
      'gorets:1|c\nglork:320|ms\ngaugor:333|g\nuniques:765|s',
      line('gorets', 1, 'c'),
      line('glork', 320, 'ms'),
      line('gaugor', 333, 'g'),
      line('uniques', Number.NaN, 's', { member: '765' }),
    ),
  ])('are read: $text', ({ style, text, lines }) => {
    expect(parseDatagram(style, bytes(text))).toEqual(lines)
  })
})

describe('the examples of Datadog, "Datagram Format and Shell Usage"', () => {
  const china = { tags: [['country', 'china']] as const }
  it.each([
    example('dogstatsd', 'page.views:1|c', line('page.views', 1, 'c')),
    example('dogstatsd', 'fuel.level:0.5|g', line('fuel.level', 0.5, 'g')),
    example('dogstatsd', 'song.length:240|h|@0.5', line('song.length', 240, 'h', { sampleRate: 0.5 })),
    example('dogstatsd', 'users.uniques:1234|s', line('users.uniques', Number.NaN, 's', { member: '1234' })),
    example('dogstatsd', 'users.online:1|c|#country:china', line('users.online', 1, 'c', china)),
    example(
      'dogstatsd',
      'users.online:1|c|@0.5|#country:china',
      line('users.online', 1, 'c', { ...china, sampleRate: 0.5 }),
    ),
    // protocol 1.1: values of one type packed
    example(
      'dogstatsd',
      'page.views:1:2:32|d',
      line('page.views', 1, 'd'),
      line('page.views', 2, 'd'),
      line('page.views', 32, 'd'),
    ),
    example(
      'dogstatsd',
      'song.length:240:234|h|@0.5',
      line('song.length', 240, 'h', { sampleRate: 0.5 }),
      line('song.length', 234, 'h', { sampleRate: 0.5 }),
    ),
    // protocol 1.2: the container; protocol 1.3: the time
    example('dogstatsd', 'page.views:1|g|#country:china|c:83c0a99c', line('page.views', 1, 'g', china)),
    example('dogstatsd', 'page.views:15|c|#country:china|T1656581409', line('page.views', 15, 'c', china)),
  ])('are read: $text', ({ style, text, lines }) => {
    expect(parseDatagram(style, bytes(text))).toEqual(lines)
  })

  it('has a value end at the comma, and not at a colon ("Getting Started with Tags")', () => {
    expect(parseLine('dogstatsd', 'a:1|c|#role:database:mysql,b:2')[0].tags).toEqual([
      ['role', 'database:mysql'],
      ['b', '2'],
    ])
  })
})

describe('the examples of Telegraf, plugins/inputs/statsd/README.md', () => {
  const tags = [
    ['service', 'payroll'],
    ['region', 'us-west'],
  ] as const
  it.each([
    example(
      'influx',
      'users.current,service=payroll,region=us-west:32|g',
      line('users.current', 32, 'g', { tags }),
    ),
    example(
      'influx',
      'deploys.test.myservice:1|c|@0.1',
      line('deploys.test.myservice', 1, 'c', { sampleRate: 0.1 }),
    ),
    example('influx', 'load.time.nanoseconds:1|h', line('load.time.nanoseconds', 1, 'h')),
    example('influx', 'foo:1|c:200|ms', line('foo', 1, 'c'), line('foo', 200, 'ms')),
    example(
      'influx',
      'users.current.den001.myapp:32|g:+10|g:-10|g',
      line('users.current.den001.myapp', 32, 'g'),
      line('users.current.den001.myapp', 10, 'g', { relative: true }),
      line('users.current.den001.myapp', -10, 'g', { relative: true }),
    ),
  ])('are read: $text', ({ style, text, lines }) => {
    expect(parseDatagram(style, bytes(text))).toEqual(lines)
  })
})

describe('the examples of Librato’s backend and of statsd_exporter', () => {
  const tags = [
    ['tag1', 'bar'],
    ['tag2', 'baz'],
  ] as const
  it.each([
    // librato/statsd-librato-backend, README, "Tags"
    example('librato', 'metric.name#tag1=bar,tag2=baz:7|c', line('metric.name', 7, 'c', { tags })),
    // prometheus/statsd_exporter, pkg/line/line_test.go
    example('librato', 'foo#tag1=bar,tag2=baz:100|c', line('foo', 100, 'c', { tags })),
    example('influx', 'foo,tag1=bar,tag2=baz:100|c', line('foo', 100, 'c', { tags })),
    example('signalfx', 'foo.test[tag1=bar,tag2=baz]:100|c', line('foo.test', 100, 'c', { tags })),
    example('dogstatsd', 'foo:100|c|#tag1:bar,tag2:baz', line('foo', 100, 'c', { tags })),
    example(
      'dogstatsd',
      'foo:0.01|d|@0.2|#tag1:bar,tag2:baz',
      line('foo', 0.01, 'd', { tags, sampleRate: 0.2 }),
    ),
  ])('are read: $text', ({ style, text, lines }) => {
    expect(parseDatagram(style, bytes(text))).toEqual(lines)
  })
})

describe('what no style allows', () => {
  it.each([
    '',
    '\n',
    'a:1|c\n',
    '\na:1|c',
    'a:1|c\n\nb:1|c',
    'a',
    'a:',
    'a:1',
    'a:|c',
    ':1|c',
    'a:1|',
    'a:1|x',
    'a:1|C',
    'a:1|c|',
    'a:1|c|@',
    'a:1|c|@0',
    'a:1|c|@-0.5',
    'a:1|c|@1.5',
    'a:1|c|@1e-7',
    'a:1|c|@0.5|@0.5',
    'a:1|g|@0.5',
    'a:1|s|@0.5',
    'a:|s',
    'a:NaN|g',
    'a:nan|g',
    'a:Infinity|g',
    'a:-Infinity|g',
    'a:inf|c',
    'a:1e400|g',
    'a:0x10|g',
    'a: 1|g',
    'a:1 |g',
    'a:1.|g',
    'a:.5|g',
    'a:--1|g',
    'a:+1|c',
    'a:+1|h',
    'a:-1|ms',
    'a:1,5|g',
    'a b:1|c',
    'a/b:1|c',
    'ä:1|c',
    'a\u0000:1|c',
    'a:1|c\r',
    '\uFEFFa:1|c',
  ])('is refused: %j', (text) => {
    for (const style of styles) expect(() => parseDatagram(style, bytes(text)), style).toThrow(SyntaxError)
  })

  it('is refused when it is no UTF-8', () => {
    const text = bytes('a:1|c|#tag:xx')
    text.set([0xc3, 0x28], text.length - 2)
    expect(() => parseDatagram('dogstatsd', text)).toThrow(TypeError)
  })
})

describe('what one style does not allow', () => {
  it.each([
    ['none', 'a,b=c:1|c'],
    ['none', 'a#b=c:1|c'],
    ['none', 'a[b=c]:1|c'],
    ['none', 'a:1|c|#b:c'],
    ['influx', 'a:1|c|#b:c'],
    ['influx', 'a#b=c:1|c'],
    ['influx', 'a,:1|c'],
    ['influx', 'a,b:1|c'],
    ['influx', 'a,b=:1|c'],
    ['influx', 'a,=c:1|c'],
    ['influx', 'a,b=c,:1|c'],
    ['influx', 'a,,b=c:1|c'],
    ['influx', 'a,b=c=d:1|c'],
    ['influx', 'a,b=[c]:1|c'],
    ['influx', 'a,b=c,b=d:1|c'],
    ['influx', ',b=c:1|c'],
    ['librato', 'a,b=c:1|c'],
    ['librato', 'a#:1|c'],
    ['librato', 'a#b=c#d=e:1|c'],
    ['librato', 'a#b=@c:1|c'],
    ['signalfx', 'a[b=c:1|c'],
    ['signalfx', 'a]b=c[:1|c'],
    ['signalfx', 'a[]:1|c'],
    ['signalfx', 'a[b=c]d:1|c'],
    ['signalfx', 'a[b=c][d=e]:1|c'],
    ['dogstatsd', 'a-b:1|c'],
    ['dogstatsd', '_sc:1|c'],
    ['dogstatsd', '_e{1,1}:a|b'],
    ['dogstatsd', '1a:1|c'],
    ['dogstatsd', 'a:1|c|#'],
    ['dogstatsd', 'a:1|c|#b'],
    ['dogstatsd', 'a:1|c|#b:'],
    ['dogstatsd', 'a:1|c|#:c'],
    ['dogstatsd', 'a:1|c|##b:c'],
    ['dogstatsd', 'a:1|c|#b:c,'],
    ['dogstatsd', 'a:1|c|#b:c,b:d'],
    ['dogstatsd', 'a:1|c|#b:c|@0.5'],
    ['dogstatsd', 'a:1|c|#b:c|#d:e'],
    ['dogstatsd', 'a:1|c|#b:c|d'],
    ['dogstatsd', 'a:1:|h'],
    ['dogstatsd', 'a:1|h|T1656581409'],
    ['dogstatsd', 'a:1|c|T1.5'],
    ['dogstatsd', 'a:1|c|c:'],
    ['dogstatsd', 'a:1|c|#b:\u0085'],
  ] as const)('is refused: %s %j', (style, text) => {
    expect(() => parseDatagram(style, bytes(text))).toThrow(SyntaxError)
  })
})

describe('a connection', () => {
  it('gives lines that end with a line break each (statsd/statsd, docs/server.md)', () => {
    expect(parseStream('none', bytes('a:1|c\nb:2|g\n'))).toEqual([line('a', 1, 'c'), line('b', 2, 'g')])
    expect(parseStream('none', bytes(''))).toEqual([])
  })

  it.each(['a:1|c', 'a:1|c\nb:2', '\n', 'a:1|c\n\n'])('that ends inside a line is refused: %j', (text) => {
    expect(() => parseStream('none', bytes(text))).toThrow(SyntaxError)
  })
})
