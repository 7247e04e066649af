import { createTidegauge, type Transport } from '@tidegauge/core'
import { until } from '@tidegauge/testkit'
import { describe, expect, onTestFinished, test } from 'vitest'
import { prometheus } from '../../src/index.js'

const table = { hits: { kind: 'counter', name: 'hits_total', help: 'Hits' } } as const

describe('a page whose content cannot be had', () => {
  test.each(['health', 'describe'] as const)(
    'is answered with 500 in words when %s throws, and the process lives (issue 10.14)',
    async (method) => {
      const endpoint = prometheus({ port: 0 })
      const warnings: string[] = []
      // a transport that gives the endpoint a context of its own
      const transport: Transport = {
        name: 'prometheus',
        version: '0.0.0',
        apiLevel: 1,
        start: (context) => {
          const fail = () => {
            throw new Error('this page\nis broken')
          }
          const logger = { ...context.logger, error: (line: string) => void warnings.push(line) }
          return endpoint.start(Object.assign(Object.create(context), { [method]: fail, logger }))
        },
        stop: (deadline) => endpoint.stop!(deadline),
      }
      const host = createTidegauge({ logger: 'silent' }).export(transport)
      host.instruments('app', table)
      await host.start()
      onTestFinished(() => host.stop())
      const { origin } = new URL(endpoint.url!)
      const paths = method === 'health' ? ['/health'] : ['/', '/-/ready']
      for (const path of paths) {
        const answer = await fetch(origin + path)
        expect({ status: answer.status, text: await answer.text() }).toEqual({
          status: 500,
          text: 'The page could not be written; the log of the host says why.\n',
        })
      }
      expect(warnings.join('\n')).toContain('this page is broken')
      expect((await fetch(endpoint.url!)).status).toBe(200)
    },
  )
})

describe('while a plugin hangs in its first pass', () => {
  test('the process is alive at once, and ready only after the start (issue 10.21)', async () => {
    let finish!: () => void
    const gate = new Promise<void>((resolve) => (finish = resolve))
    const endpoint = prometheus({ port: 0 })
    const hung = { name: 'hung', version: '0.0.0', apiLevel: 1, instruments: {}, collect: () => gate }
    const host = createTidegauge({ logger: 'silent' }).use(hung).export(endpoint)
    const starting = host.start()
    onTestFinished(() => host.stop())
    await until(() => endpoint.url !== undefined, 'the endpoint listens', 2_000)
    const { origin } = new URL(endpoint.url!)
    const read = async (path: string) => {
      const answer = await fetch(origin + path)
      return `${answer.status} ${(await answer.text()).trim()}`
    }
    expect(await read('/-/healthy')).toMatch(/^200 .* is alive\.$/)
    expect(await read('/-/ready')).toBe('503 Not ready: starting.')
    finish()
    await starting
    expect(await read('/-/ready')).toBe('200 Ready.')
  })
})
