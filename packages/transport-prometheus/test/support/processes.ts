import type { ChildProcess } from 'node:child_process'
import { createServer } from 'node:net'
import { until } from '@tidegauge/testkit'

const READY_TIMEOUT_MS = 30_000

/** A port that was free a moment ago. */
export async function freePort(): Promise<number> {
  const server = createServer()
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as { port: number }
  await new Promise((resolve) => server.close(resolve))
  return port
}

/** Waits until a check of a server succeeds; a check that rejects is repeated. Fails with the server's log. */
export async function untilReady(check: () => Promise<boolean>, log: () => string): Promise<void> {
  try {
    await until(() => check().catch(() => false), 'a server is ready', READY_TIMEOUT_MS)
  } catch (thrown) {
    throw new Error(`${(thrown as Error).message}; its log:\n${log()}`, { cause: thrown })
  }
}

/** Ends a child process, and waits for it. */
export async function stopProcess(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null) return
  const ended = new Promise((resolve) => child.once('close', resolve))
  child.kill('SIGTERM')
  await ended
}
