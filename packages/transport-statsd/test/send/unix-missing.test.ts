import { createTidegauge } from '@tidegauge/core'
import { expect, it, vi } from 'vitest'
import { statsd } from '../../src/index.js'

vi.mock('node-unix-socket', () => {
  throw new Error('Cannot find package')
})

it('says what to install when node-unix-socket is missing', async () => {
  const host = createTidegauge().export(statsd({ url: 'unix:///run/statsd.sock' }))
  await expect(host.start()).rejects.toMatchObject({
    code: 'LIFECYCLE_TRANSPORT_START_FAILED',
    cause: {
      message: expect.stringMatching(/needs the package node-unix-socket.*npm install node-unix-socket/),
    },
  })
  expect(host.state).toBe('stopped')
})

it('needs it for no other protocol', async () => {
  const host = createTidegauge().export(statsd())
  await host.start()
  expect(host.state).toBe('running')
  await host.stop()
})
