import { connect } from 'node:net'
import { until } from '@tidegauge/testkit'
import { expect, onTestFinished, test } from 'vitest'
import { startPages } from '../support/start-pages.js'

const table = { hits: { kind: 'counter', name: 'hits_total', help: 'Hits' } } as const

test('connections beyond the limit are counted, and logged once (issue 10.29)', async () => {
  const { port, tidegauge, log, get } = await startPages(table, {
    prometheus: { limits: { maxConnections: 4 } },
  })
  const details = () => tidegauge.describe().transports.find(({ name }) => name === 'prometheus')!.details
  expect(details()).not.toHaveProperty('closedConnections')
  const sockets = Array.from({ length: 7 }, () => connect(port, '127.0.0.1').on('error', () => {}))
  onTestFinished(() => sockets.forEach((socket) => socket.destroy()))
  await until(() => details()['closedConnections'] === '3', 'three are closed', 3_000)
  expect(log.filter((line) => line.includes('maxConnections'))).toEqual([
    'warn transport "prometheus": more than 4 connections at once: the least useful are closed, see limits.maxConnections',
  ])
  expect((await get()).status).toBe(200)
})
