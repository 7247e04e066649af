import { createManualClock } from '@tidegauge/testkit'
import { expect, it } from 'vitest'
import { LONG_MINUTES, OpenProvides } from '../../src/advertisement/open-provides.js'

const LONG = LONG_MINUTES * 60_000

function openOver(what: string) {
  const clock = createManualClock()
  const told: string[] = []
  const tell = (level: string) => (message: string) => void told.push(`${level} ${message}`)
  const logger = { debug: tell('debug'), info: tell('info'), warn: tell('warn'), error: tell('error') }
  return { clock, told, open: new OpenProvides(what, { clock, logger }) }
}

it('tells of many that stay open in one line, of their end in another, and of the next ones again', async () => {
  const { clock, told, open } = openOver('router "slow"')
  const long = /^warn a provide over router "slow" has been open for 5 minutes without an answer/
  const end = 'info no provide over router "slow" has been open for long any more'
  const ends = [open.begin(), open.begin()]
  await clock.advance(LONG - 1)
  ends.push(open.begin())
  expect(told).toEqual([])
  await clock.advance(1)
  expect(told).toEqual([expect.stringMatching(long)])
  ends[0]()
  ends[0]()
  expect(told).toHaveLength(1)
  ends[1]()
  // the third has not been open for long
  expect(told).toEqual([expect.stringMatching(long), end])
  await clock.advance(LONG)
  expect(told).toEqual([expect.stringMatching(long), end, expect.stringMatching(long)])
  ends[2]()
  expect(told.at(-1)).toBe(end)
  expect(clock.pending).toBe(0)
})

it('tells nothing of those that end in time, and keeps no timer of them', async () => {
  const { clock, told, open } = openOver('a DHT')
  for (let i = 0; i < 10; i++) open.begin()()
  expect(clock.pending).toBe(0)
  await clock.advance(2 * LONG)
  expect(told).toEqual([])
})

it('forgets what is open when it is stopped, and takes nothing more', async () => {
  const { clock, told, open } = openOver('a DHT')
  const ended = open.begin()
  await clock.advance(LONG)
  open.begin()
  open.stop()
  expect(clock.pending).toBe(0)
  ended()
  open.begin()()
  open.begin()
  expect(clock.pending).toBe(0)
  await clock.advance(2 * LONG)
  expect(told).toHaveLength(1)
})
