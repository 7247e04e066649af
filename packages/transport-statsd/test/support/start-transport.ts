import type { ComponentHealth, Clock, InstrumentTable } from '@tidegauge/core'
import { startTestHost, type TestHostOptions, type TestHostWithInstruments } from '@tidegauge/testkit'
import { statsd, type StatsdOptions, type StatsdTransport } from '../../src/index.js'
import { parseOptions } from '../../src/options.js'
import type { Sender } from '../../src/send/sender.js'
import { createTransport } from '../../src/transport.js'
import { openReceiver, type UdpReceiver } from './udp-receiver.js'

export interface StartOptions<C extends Clock> extends TestHostOptions<C> {
  readonly statsd?: StatsdOptions
  /** Instead of the one for the options. */
  readonly sender?: Sender
}

export interface Started<T extends InstrumentTable, C extends Clock> extends TestHostWithInstruments<T, C> {
  readonly transport: StatsdTransport
  /** The transport's part of the health report. */
  health(): ComponentHealth
}

/** Starts a test host with a table of instruments and the transport. */
export async function startTransport<const T extends InstrumentTable, C extends Clock = Clock>(
  table: T,
  { statsd: options, sender, transports = [], ...rest }: StartOptions<C> = {},
): Promise<Started<T, C>> {
  const given = { jitterRatio: 0, ...options }
  const transport = sender === undefined ? statsd(given) : createTransport(parseOptions(given), sender)
  const host = await startTestHost<T, C>(table, { ...rest, transports: [transport, ...transports] })
  const health = () => host.tidegauge.health().transports.find(({ name }) => name === transport.name)!
  return { ...host, transport, health }
}

export interface StartedWithReceiver<T extends InstrumentTable, C extends Clock> extends Started<T, C> {
  readonly receiver: UdpReceiver
  /** Flushes, and returns the lines of all datagrams in their order. */
  flush(): Promise<string[]>
}

/** The same with a UDP receiver. */
export async function startWithReceiver<const T extends InstrumentTable, C extends Clock = Clock>(
  table: T,
  options: StartOptions<C> = {},
): Promise<StartedWithReceiver<T, C>> {
  const receiver = await openReceiver()
  const started = await startTransport<T, C>(table, {
    ...options,
    statsd: { port: receiver.port, ...options.statsd },
  })
  const flush = async () => {
    await started.tidegauge.flush()
    return (await receiver.take()).flatMap((datagram) => datagram.split('\n'))
  }
  return { ...started, receiver, flush }
}
