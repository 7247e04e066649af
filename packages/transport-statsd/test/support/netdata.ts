/** The server `netdata` of Debian, with its plugin for StatsD, for tests. */
import { debianFile } from '@tidegauge/testkit'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir, userInfo } from 'node:os'
import { join } from 'node:path'
import { freePort } from './free-port.js'

export interface Netdata {
  readonly port: number
  /**
   * The values per second of a chart, such as `statsd.hits_counter` and, for `app.hits` and `app_hits`, `statsd_app.hits_counter`. Null
   * where nothing arrived; none when netdata does not know it.
   */
  values(chart: string): Promise<readonly (number | null)[]>
  stop(): Promise<void>
}

/** Resolves when it listens. */
export async function startNetdata(): Promise<Netdata> {
  const program = await debianFile('netdata-core', 'usr/sbin/netdata')
  const folder = mkdtempSync(join(tmpdir(), 'tidegauge-netdata-'))
  for (const name of ['config', 'cache', 'lib', 'log', 'plugins', 'web']) mkdirSync(join(folder, name))
  const [port, webPort] = [await freePort(), await freePort()]
  const file = join(folder, 'config/netdata.conf')
  writeFileSync(file, configOf({ folder, port, webPort }))
  const child = spawn(program, ['-D', '-c', file], { stdio: 'ignore' })
  const exited = once(child, 'exit')
  const get = async (path: string): Promise<unknown> => {
    const response = await fetch(`http://127.0.0.1:${webPort}/api/v1/${path}`)
    return response.ok ? response.json() : undefined
  }
  const netdata: Netdata = {
    port,
    async values(chart) {
      const answer = await get(`data?chart=${chart}&after=-30&format=json`)
      const { data = [] } = (answer ?? {}) as { data?: [number, number | null][] }
      return data.map(([, value]) => value)
    },
    async stop() {
      child.kill('SIGKILL')
      await exited
      rmSync(folder, { recursive: true, force: true })
    },
  }
  for (let tries = 0; !(await get('info').catch(() => undefined)); tries++) {
    if (tries === 100 || child.exitCode !== null) throw new Error('netdata does not answer')
    await new Promise((resolve) => setTimeout(resolve, 100))
  }
  return netdata
}

function configOf({ folder, port, webPort }: { folder: string; port: number; webPort: number }): string {
  return `
[global]
  run as user = ${userInfo().username}
[directories]
  config = ${folder}/config
  stock config = ${folder}/config
  cache = ${folder}/cache
  lib = ${folder}/lib
  log = ${folder}/log
  plugins = ${folder}/plugins
  web = ${folder}/web
[web]
  default port = ${webPort}
  bind to = 127.0.0.1
[db]
  mode = ram
[ml]
  enabled = no
[plugins]
  proc = no
  diskspace = no
  cgroups = no
  tc = no
  idlejitter = no
  timex = no
[statsd]
  bind to = udp:127.0.0.1:${port}
`
}
