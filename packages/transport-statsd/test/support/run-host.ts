import type { Handles, InstrumentTable, Tidegauge, Transport } from '@tidegauge/core'
import { statsd, type StatsdOptions, type StatsdTransport } from '../../src/index.js'
import { parseOptions } from '../../src/options.js'
import type { Sender } from '../../src/send/sender.js'
import { createTransport } from '../../src/transport.js'
import { startHost, type HostOptions } from './start-host.js'
import { openReceiver, type UdpReceiver } from './udp-receiver.js'

export interface RunOptions<T extends InstrumentTable = InstrumentTable> extends HostOptions<T> {
  readonly statsd?: StatsdOptions
  /** In place of the one that the options tell. */
  readonly sender?: Sender
  readonly others?: readonly Transport[]
}

export interface Running<T extends InstrumentTable> {
  readonly host: Tidegauge
  readonly transport: StatsdTransport
  readonly instruments: Handles<T>
}

/** Starts a host with one plugin of this table and the transport; stops it after the test. */
export async function runHost<const T extends InstrumentTable>(
  table: T,
  options: RunOptions<T> = {},
): Promise<Running<T>> {
  const settings = { jitterRatio: 0, ...options.statsd }
  const transport =
    options.sender === undefined ? statsd(settings) : createTransport(parseOptions(settings), options.sender)
  const started = await startHost(table, [transport, ...(options.others ?? [])], options)
  return { ...started, transport }
}

export interface Received<T extends InstrumentTable> extends Running<T> {
  readonly receiver: UdpReceiver
  /** Flushes, and gives the lines of all datagrams in their order. */
  flush(): Promise<string[]>
}

/** The same with a UDP receiver. */
export async function runWithReceiver<const T extends InstrumentTable>(
  table: T,
  options: RunOptions<T> = {},
): Promise<Received<T>> {
  const receiver = await openReceiver()
  const running = await runHost(table, { ...options, statsd: { port: receiver.port, ...options.statsd } })
  return {
    ...running,
    receiver,
    flush: async () => {
      await running.host.flush()
      return (await receiver.take()).flatMap((datagram) => datagram.split('\n'))
    },
  }
}
