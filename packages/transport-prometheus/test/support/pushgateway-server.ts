/** A real Pushgateway for tests: it parses what is pushed with client_golang's parsers, and writes it again. */
import { spawn } from 'node:child_process'
import { debianProgram } from '@tidegauge/testkit'
import { freePort, stopProcess, untilReady } from './processes.js'

export interface Pushgateway {
  /** Replaces what it has. Returns the answer's status, and its text when it was refused. */
  push(body: Uint8Array, contentType: string): Promise<{ status: number; text: string }>
  /** What it has, in text 0.0.4, with its own metrics. */
  held(): Promise<string>
  stop(): Promise<void>
}

export async function startPushgateway(): Promise<Pushgateway> {
  const program = await debianProgram('prometheus-pushgateway')
  const origin = `http://127.0.0.1:${await freePort()}`
  const child = spawn(program, [`--web.listen-address=${origin.slice(7)}`], {
    stdio: ['ignore', 'ignore', 'pipe'],
  })
  let log = ''
  child.stderr.on('data', (data) => (log += String(data)))
  await untilReady(
    async () => (await fetch(`${origin}/-/ready`)).ok,
    () => log,
  )
  return {
    push: async (body, contentType) => {
      const headers = { 'content-type': contentType }
      const answer = await fetch(`${origin}/metrics/job/pushed`, {
        method: 'PUT',
        headers,
        body: body as Uint8Array<ArrayBuffer>,
      })
      return { status: answer.status, text: await answer.text() }
    },
    held: async () =>
      (await fetch(`${origin}/metrics`, { headers: { accept: 'text/plain;version=0.0.4' } })).text(),
    stop: () => stopProcess(child),
  }
}
