/** The server `collectd` of Debian, with its plugin for StatsD, for tests. */
import { debianFile } from '@tidegauge/testkit'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { freePort } from './free-port.js'

export interface Collectd {
  readonly port: number
  /** The latest values by their name, such as `derive-app.hits`. Collectd writes them every second. */
  values(): Record<string, number>
  log(): string
  stop(): Promise<void>
}

export async function startCollectd(): Promise<Collectd> {
  const program = await debianFile('collectd-core', 'usr/sbin/collectd')
  const usr = dirname(dirname(program))
  const folder = mkdtempSync(join(tmpdir(), 'tidegauge-collectd-'))
  const port = await freePort()
  const file = (name: string) => join(folder, name)
  writeFileSync(file('collectd.conf'), configOf({ usr, folder, port }))
  const child = spawn(program, ['-f', '-C', file('collectd.conf')], { stdio: 'ignore' })
  const exited = once(child, 'exit')
  const read = (path: string) => {
    try {
      return readFileSync(path, 'utf8')
    } catch {
      return ''
    }
  }
  const list = () => {
    try {
      return readdirSync(file('csv/test/statsd'))
    } catch {
      return []
    }
  }
  return {
    port,
    values: () =>
      Object.fromEntries(
        list().map((name) => [
          name.replace(/-\d{4}-\d{2}-\d{2}$/, ''),
          Number(
            read(file(`csv/test/statsd/${name}`))
              .trim()
              .split(',')
              .at(-1),
          ),
        ]),
      ),
    log: () => read(file('log')),
    async stop() {
      child.kill('SIGKILL')
      await exited
      rmSync(folder, { recursive: true, force: true })
    },
  }
}

function configOf({ usr, folder, port }: { usr: string; folder: string; port: number }): string {
  return `
BaseDir "${folder}"
PIDFile "${folder}/pid"
PluginDir "${usr}/lib/collectd"
TypesDB "${usr}/share/collectd/types.db"
Hostname "test"
FQDNLookup false
Interval 1
LoadPlugin logfile
<Plugin logfile>
  File "${folder}/log"
</Plugin>
LoadPlugin csv
<Plugin csv>
  DataDir "${folder}/csv"
  StoreRates false
</Plugin>
LoadPlugin statsd
<Plugin statsd>
  Host "127.0.0.1"
  Port "${port}"
  TimerUpper true
</Plugin>
`
}
