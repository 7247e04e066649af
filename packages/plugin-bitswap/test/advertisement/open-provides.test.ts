import { createManualClock, loggerInto } from '@tidegauge/testkit'
import { expect, it } from 'vitest'
import { LONG_MINUTES, OpenProvides } from '../../src/advertisement/open-provides.js'

const LONG = LONG_MINUTES * 60_000

function openOver(what: string) {
  const clock = createManualClock()
  const log: string[] = []
  return { clock, log, open: new OpenProvides(what, { clock, logger: loggerInto(log) }) }
}

it('logs many that stay open in one line, their end in another, and later ones again', async () => {
  const { clock, log, open } = openOver('router "slow"')
  const long = /^warn a provide over router "slow" has been open for 5 minutes without an answer/
  const end = 'info no provide over router "slow" has been open for 5 minutes any more'
  const ends = [open.add(), open.add()]
  await clock.advance(LONG - 1)
  ends.push(open.add())
  expect(log).toEqual([])
  await clock.advance(1)
  expect(log).toEqual([expect.stringMatching(long)])
  ends[0]()
  ends[0]()
  expect(log).toHaveLength(1)
  ends[1]()
  // the third has not been open for five minutes
  expect(log).toEqual([expect.stringMatching(long), end])
  await clock.advance(LONG)
  expect(log).toEqual([expect.stringMatching(long), end, expect.stringMatching(long)])
  ends[2]()
  expect(log.at(-1)).toBe(end)
  expect(clock.pending).toBe(0)
})

it('logs nothing for those that end in time, and keeps no timer', async () => {
  const { clock, log, open } = openOver('a DHT')
  for (let i = 0; i < 10; i++) open.add()()
  expect(clock.pending).toBe(0)
  await clock.advance(2 * LONG)
  expect(log).toEqual([])
})

it('removes what is open when it is stopped, and adds nothing more', async () => {
  const { clock, log, open } = openOver('a DHT')
  const ended = open.add()
  await clock.advance(LONG)
  open.add()
  open.stop()
  expect(clock.pending).toBe(0)
  ended()
  open.add()()
  open.add()
  expect(clock.pending).toBe(0)
  await clock.advance(2 * LONG)
  expect(log).toHaveLength(1)
})
