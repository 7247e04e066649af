/** The screen, drawn for a minute on a terminal that is emulated. */
import xterm from '@xterm/headless'
import { Writable } from 'node:stream'
import { expect, test } from 'vitest'
import { Screen } from '../src/screen.js'
import type { NodeValues } from '../src/tables.js'

const node = (name: string, value: number): NodeValues => ({
  name,
  connections: value,
  streamsOpened: value,
  bytesIn: value * 1e6,
  bytesOut: value * 1e6,
  rateIn: value * 1e3,
  rateOut: value * 1e3,
  blocksIn: value,
  blocksOut: value,
  largestDebt: value * 1e6,
  advertised: value,
  namesRefreshed: value,
  namesFailed: value,
})

/** A terminal of this size, and a stream that writes to it as a console does. */
function openTerminal(columns: number, rows: number) {
  const terminal = new xterm.Terminal({ cols: columns, rows, allowProposedApi: true, convertEol: true })
  const stream = new Writable({
    write: (chunk, _, done) => terminal.write(chunk, () => done()),
  })
  const lines = () =>
    Array.from({ length: terminal.buffer.active.length }, (_, i) => terminal.buffer.active.getLine(i)!)
  return { terminal, lines, stream: Object.assign(stream, { isTTY: true, columns, rows }) }
}

test.each([
  [80, 24],
  [120, 40],
])('on %i by %i, nothing wraps and nothing scrolls away in a minute (issue 10, 5)', async (columns, rows) => {
  const { terminal, lines, stream } = openTerminal(columns, rows)
  const screen = new Screen(stream)
  const plugins = ['alpha', 'beta', 'hermit'].map((name) => ({ name: 'libp2p', labels: { node: name } }))
  screen.welcome('http://127.0.0.1:9464/metrics', { plugins } as never)
  for (let second = 0; second < 60; second++) {
    const busy = node('alpha', 10 ** (second % 6) * 9)
    screen.draw([busy, { ...busy, name: 'beta' }], node('hermit', second), second * 1_000, 1_234)
    await new Promise((resolve) => stream.write('', resolve))
  }
  const texts = lines().map((line) => line.translateToString(true))
  expect(lines().filter((line) => line.isWrapped)).toEqual([])
  expect(terminal.buffer.active.baseY, 'lines that scrolled away').toBe(0)
  expect(texts.filter((text) => text.includes('http://127.0.0.1:9464/metrics'))).toHaveLength(1)
  expect(texts.filter((text) => text.startsWith('hermit'))).toHaveLength(1)
  expect(texts.filter((text) => text.includes('1234 series'))).toHaveLength(1)
})

test('to a pipe the tables are printed now and then, without control characters', () => {
  let output = ''
  const stream = new Writable({ write: (chunk, _, done) => ((output += String(chunk)), done()) })
  const screen = new Screen(stream)
  for (let turn = 0; turn < 20; turn++) screen.draw([node('alpha', 1)], node('hermit', 1), 0, 1)
  expect(output.match(/1 series/g)).toHaveLength(2)
  // eslint-disable-next-line no-control-regex
  expect(output).not.toMatch(/\u001B\[\d*[A-K]/)
})
