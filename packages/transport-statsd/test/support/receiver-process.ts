/** Receivers for tests of senders: one that keeps every byte and can be paused. */
import { fork } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

export type Protocol = 'udp' | 'tcp' | 'unix'

export interface Receiver {
  /** On 127.0.0.1; 0 for a Unix socket. */
  readonly port: number
  /** Of the Unix socket; empty for the others. */
  readonly path: string
  /**
   * What arrived: the datagrams since the last call, or everything over each connection since the start. Does not
   * resolve while it is paused.
   */
  received(): Promise<readonly Uint8Array[]>
  /** Stops reading: what is sent stays in the kernel's queues while they have room. */
  pause(): void
  resume(): void
  stop(): Promise<void>
}

const script = fileURLToPath(new URL('./receiver-child.ts', import.meta.url))

/** Rejects when it cannot listen, such as on a used port. */
export async function startReceiver(protocol: Protocol, port = 0): Promise<Receiver> {
  const folder = protocol === 'unix' ? mkdtempSync(join(tmpdir(), 'tidegauge-statsd-')) : ''
  const path = folder && join(folder, 'statsd.sock')
  const child = fork(script, [protocol, path || String(port)], { serialization: 'advanced', execArgv: [] })
  const ended = once(child, 'exit')
  const answer = async () => {
    const first = await Promise.race([once(child, 'message'), ended])
    if (child.exitCode !== null || child.signalCode !== null) throw new Error('the receiver has ended')
    return first[0] as unknown
  }
  const listening = (await answer()) as { port: number }
  return {
    port: listening.port,
    path,
    received: async () => {
      const answered = answer()
      child.send({})
      return (await answered) as readonly Uint8Array[]
    },
    pause: () => void child.kill('SIGSTOP'),
    resume: () => void child.kill('SIGCONT'),
    stop: async () => {
      child.kill('SIGKILL')
      await ended
      if (folder) rmSync(folder, { recursive: true, force: true })
    },
  }
}
