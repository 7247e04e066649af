import { fork } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'

export interface Measured {
  readonly rssBytes: number
  /** Sockets that the server has open. */
  readonly connections: number
}

export interface ServedProcess {
  readonly origin: string
  readonly port: number
  /** Memory and sockets now; with `collect` after a garbage collection. */
  measure(collect?: 'collect'): Promise<Measured>
  stop(): Promise<void>
}

/** Starts a host with many series in a process of its own. */
export async function serve(seriesCount: number, limits: object = {}): Promise<ServedProcess> {
  const script = fileURLToPath(new URL('./server.ts', import.meta.url))
  const child = fork(script, [String(seriesCount), JSON.stringify(limits)], {
    execArgv: ['--expose-gc'],
    stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
  })
  const exited = once(child, 'exit').then(() => {
    throw new Error('the server ended')
  })
  exited.catch(() => {})
  const [{ url }] = (await Promise.race([once(child, 'message'), exited])) as [{ url: string }]
  const { origin, port } = new URL(url)
  return {
    origin,
    port: Number(port),
    async measure(collect) {
      child.send(collect ?? 'measure')
      const [measured] = (await Promise.race([once(child, 'message'), exited])) as [Measured]
      return measured
    },
    async stop() {
      const end = once(child, 'exit')
      child.kill('SIGKILL')
      await end
    },
  }
}
