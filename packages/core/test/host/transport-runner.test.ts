import { createTidegauge, type Transport, type TransportContext } from '@tidegauge/core'
import { createManualClock, createMemoryTransport, loggerInto } from '@tidegauge/testkit'
import { describe, expect, test } from 'vitest'

async function startTransport(more: Partial<Transport> = {}) {
  const clock = createManualClock()
  const log: string[] = []
  const memory = createMemoryTransport()
  let context!: TransportContext
  const transport: Transport = {
    name: 'push',
    version: '1.0.0',
    apiLevel: 1,
    start: (given) => void (context = given),
    ...more,
  }
  const host = createTidegauge({ clock, logger: loggerInto(log), service: { name: 'node', instanceId: 'a' } })
    .export(transport)
    .export(memory)
  await host.start()
  const exports = (outcome: string) =>
    memory.value('tidegauge_transport_exports_total', { transport: 'push', outcome })
  return { clock, log, memory, context, host, exports, health: () => host.health().transports[0] }
}

describe('a transport', () => {
  test('is given the service, a clock, a logger with its name, and a signal that ends with it', async () => {
    const { context, host, clock, log } = await startTransport()
    expect(context.service).toEqual({ name: 'node', instanceId: 'a' })
    expect(context.clock).toBe(clock)
    context.logger.warn('x')
    expect(log).toEqual(['warn transport "push": x'])
    expect(context.signal.aborted).toBe(false)
    await host.stop()
    expect(context.signal.aborted).toBe(true)
  })

  test('has its exports counted by outcome, with its health and the size of its queue', async () => {
    const { context, clock, memory, exports, health, log } = await startTransport()
    expect(['success', 'failure', 'aborted'].map(exports)).toEqual([0, 0, 0])
    context.report({ outcome: 'success', queueSize: 3 })
    const successAt = clock.now() / 1000
    await clock.advance(5_000)
    context.report({ outcome: 'failure', error: new Error('refused\nby peer') })
    context.report({ outcome: 'aborted', queueSize: 1 })
    expect(['success', 'failure', 'aborted'].map(exports)).toEqual([1, 1, 1])
    expect(memory.value('tidegauge_transport_queue_size', { transport: 'push' })).toBe(1)
    expect(memory.value('tidegauge_transport_last_success_timestamp_seconds', { transport: 'push' })).toBe(
      successAt,
    )
    expect(health()).toEqual({
      name: 'push',
      state: 'down',
      lastSuccessSeconds: successAt,
      lastError: 'refused by peer',
      lastErrorSeconds: clock.now() / 1000,
    })
    expect(log).toEqual(['error transport "push": an export failed: refused by peer'])
    context.report({ outcome: 'success' })
    expect(health()).toMatchObject({ state: 'up' })
  })

  test('does not look alive when an export ends after its stop', async () => {
    const { context, host, health } = await startTransport()
    await host.stop()
    context.report({ outcome: 'success' })
    expect(health().state).toBe('stopped')
    context.report({ outcome: 'failure', error: 'x' })
    expect(health().state).toBe('stopped')
  })

  test('has a flush that throws counted as a failed export', async () => {
    const { host, exports, health } = await startTransport({
      flush: () => {
        throw new Error('no')
      },
    })
    await host.flush()
    expect([exports('failure'), health().state]).toEqual([1, 'down'])
  })

  test('is not disturbed when its stop throws, and neither is the host', async () => {
    const { host, log } = await startTransport({ stop: () => Promise.reject(undefined) })
    await host.stop()
    expect(host.state).toBe('stopped')
    expect(log).toEqual(['error transport "push": stop failed: undefined'])
  })
})
