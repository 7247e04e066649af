/** A registry of npm packages for tests: it holds what is published to it, and asks no other one. */
import { spawn } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { workspaceRoot } from '../workspace/graph.ts'
import { freePort } from './free-port.ts'

export interface Registry {
  readonly url: string
  /** Lines for the `.npmrc` of a project: `@tidegauge` comes from here, everything else from where it always does. */
  readonly npmrc: string
  stop(): Promise<void>
}

/** Throws with what Verdaccio printed when it does not answer within 20 s: a test that can't run must fail. */
export async function startRegistry(): Promise<Registry> {
  const folder = mkdtempSync(join(tmpdir(), 'tidegauge-registry-'))
  const port = await freePort()
  const url = `http://127.0.0.1:${port}/`
  // JSON is YAML
  writeFileSync(join(folder, 'config.yaml'), JSON.stringify(settings(folder)))
  const child = spawn(
    process.execPath,
    [
      join(workspaceRoot, 'node_modules/verdaccio/bin/verdaccio'),
      `--config=${join(folder, 'config.yaml')}`,
      `--listen=127.0.0.1:${port}`,
    ],
    { cwd: folder, stdio: ['ignore', 'pipe', 'pipe'] },
  )
  let log = ''
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (data) => (log += String(data)))
  const stop = async () => {
    if (child.exitCode === null && child.signalCode === null) {
      const closed = new Promise((resolve) => child.once('close', resolve))
      child.kill('SIGKILL')
      await closed
    }
    rmSync(folder, { recursive: true, force: true })
  }
  for (const until = Date.now() + 20_000; ; await sleep(50)) {
    const answer = await fetch(`${url}-/ping`).catch(() => undefined)
    if (answer?.ok) break
    if (child.exitCode === null && Date.now() < until) continue
    await stop()
    throw new Error(`Verdaccio did not start: ${log}`)
  }
  // npm publishes only with a token, whatever it is
  const npmrc = `@tidegauge:registry=${url}\n//127.0.0.1:${port}/:_authToken=nobody\n`
  return { url, npmrc, stop }
}

function settings(folder: string): object {
  return {
    storage: join(folder, 'storage'),
    auth: { htpasswd: { file: join(folder, 'users') } },
    packages: { '@tidegauge/*': { access: '$all', publish: '$all', unpublish: '$all' } },
    uplinks: {},
    web: { enable: false },
    log: { type: 'stdout', format: 'json', level: 'warn' },
    max_body_size: '50mb',
  }
}
