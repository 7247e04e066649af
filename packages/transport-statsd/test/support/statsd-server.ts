/** The original StatsD server (`statsd` on npm) for tests. It flushes when the test asks for it. */
import { spawn, type ChildProcess } from 'node:child_process'
import { createSocket } from 'node:dgram'
import { once } from 'node:events'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { connect } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { until } from '@tidegauge/testkit'
import { freePort } from './free-port.js'

/** What a backend of the server gets, and how many bytes of complete lines the server read since it started. */
export interface StatsdFlush {
  readonly bytes: number
  readonly counters: Readonly<Record<string, number>>
  readonly gauges: Readonly<Record<string, number>>
  readonly timers: Readonly<Record<string, readonly number[]>>
  /** Weighted by the sampling rates. */
  readonly timerCounts: Readonly<Record<string, number>>
  readonly sets: Readonly<Record<string, readonly string[]>>
}

export interface StatsdServer {
  /** Of UDP and of TCP on 127.0.0.1; the same after a restart. */
  readonly port: number
  /** Sums of the flushed counters since the first start, without the server's own. */
  readonly counters: ReadonlyMap<string, number>
  /** Refused lines of all flushes. */
  readonly badLines: number
  readonly flushes: readonly StatsdFlush[]
  /**
   * Reads everything that arrived, and flushes. On one machine, what a sender's kernel accepted has arrived; datagrams
   * that found no room in the socket's buffer are lost. Rejects when the server has ended.
   */
  flush(): Promise<StatsdFlush>
  /** Flushes first, so that nothing that was sent to it is lost. */
  stop(): Promise<void>
  /** Ends it at once, as a crash does. */
  kill(): Promise<void>
  /** After a `stop` or `kill`. */
  start(): Promise<void>
  log(): string
}

export interface StatsdServerOptions {
  /** Whether it removes characters from names, as it does by default. Tags other than DogStatsD's need `kept`. */
  readonly names?: 'sanitized' | 'kept'
}

const preload = fileURLToPath(new URL('./statsd-server-preload.cjs', import.meta.url))
const backend = fileURLToPath(new URL('./statsd-server-backend.cjs', import.meta.url))
const program = createRequire(import.meta.url).resolve('statsd/stats.js')

/** The prefix of the server's own metrics. */
const own = 'statsd-self'

export async function startStatsd(options: StatsdServerOptions = {}): Promise<StatsdServer> {
  const port = await freePortOfBoth()
  const address = '127.0.0.1'
  const config = {
    servers: ['udp', 'tcp'].map((name) => ({ server: `./servers/${name}`, address, port })),
    mgmt_address: address,
    mgmt_port: await freePort(),
    backends: [backend],
    prefixStats: own,
    keyNameSanitize: options.names !== 'kept',
    // what was not received since the last flush is not in the next
    deleteCounters: true,
    deleteTimers: true,
    deleteSets: true,
    automaticConfigReload: false,
    title: '',
  }
  const server = new Server(port, JSON.stringify(config))
  await server.start()
  return server
}

class Server implements StatsdServer {
  readonly port: number
  readonly counters = new Map<string, number>()
  readonly flushes: StatsdFlush[] = []
  badLines = 0
  readonly #config: string
  #child: ChildProcess | undefined
  #folder = ''
  #log = ''
  #commands = 0
  /** Flushes before this start. */
  #before = 0
  #commandedFlushes = 0

  constructor(port: number, config: string) {
    this.port = port
    this.#config = config
  }

  async start(): Promise<void> {
    this.#folder = mkdtempSync(join(tmpdir(), 'tidegauge-statsd-'))
    const file = join(this.#folder, 'config.json')
    writeFileSync(file, this.#config)
    const child = spawn(process.execPath, ['--require', preload, program, file], {
      stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
    })
    this.#child = child
    this.#before = this.flushes.length
    this.#commandedFlushes = 0
    child.stderr!.on('data', (data) => (this.#log += String(data)))
    createInterface({ input: child.stdout! }).on('line', (line) => this.#take(JSON.parse(line)))
    await until(() => accepts(this.port), 'the StatsD server listens')
    // the datagram socket is bound when the server answers commands
    await this.#command({})
  }

  async flush(): Promise<StatsdFlush> {
    await this.#command({ flush: true })
    const count = this.#before + ++this.#commandedFlushes
    await until(() => this.flushes.length >= count, 'the StatsD server flushes')
    return this.flushes[count - 1]
  }

  async stop(): Promise<void> {
    if (this.#child === undefined) return
    await this.flush()
    await this.#end('SIGTERM')
  }

  async kill(): Promise<void> {
    if (this.#child !== undefined) await this.#end('SIGKILL')
  }

  log(): string {
    return this.#log
  }

  async #end(signal: NodeJS.Signals): Promise<void> {
    const child = this.#child!
    this.#child = undefined
    rmSync(this.#folder, { recursive: true, force: true })
    if (child.exitCode !== null || child.signalCode !== null) return
    // 'close' comes when its standard output was read to the end, too
    const closed = once(child, 'close')
    child.kill(signal)
    await closed
  }

  #command(command: { flush?: boolean }): Promise<void> {
    const child = this.#child
    if (child === undefined || child.exitCode !== null)
      throw new Error(`the StatsD server has ended:\n${this.#log}`)
    const id = ++this.#commands
    const { promise, resolve, reject } = Promise.withResolvers<void>()
    const onMessage = (answer: unknown) => void ((answer as { id: number }).id === id && resolve())
    const onExit = () => reject(new Error(`the StatsD server has ended:\n${this.#log}`))
    child.on('message', onMessage).once('exit', onExit)
    child.send({ ...command, id })
    return promise.finally(() => child.off('message', onMessage).off('exit', onExit))
  }

  #take(flush: StatsdFlush): void {
    const { [`${own}.bad_lines_seen`]: bad = 0, ...rest } = flush.counters
    this.badLines += bad
    const counters = withoutOwn(rest)
    for (const [name, value] of Object.entries(counters))
      this.counters.set(name, (this.counters.get(name) ?? 0) + value)
    this.flushes.push({ ...flush, counters, gauges: withoutOwn(flush.gauges) })
  }
}

function withoutOwn(values: Readonly<Record<string, number>>): Record<string, number> {
  return Object.fromEntries(Object.entries(values).filter(([name]) => !name.startsWith(`${own}.`)))
}

async function accepts(port: number): Promise<boolean> {
  const socket = connect(port, '127.0.0.1')
  try {
    await once(socket, 'connect')
    return true
  } catch {
    return false
  } finally {
    socket.end()
  }
}

/** A port that was free a moment ago for TCP, and for UDP. */
async function freePortOfBoth(): Promise<number> {
  for (;;) {
    const port = await freePort()
    const socket = createSocket('udp4')
    try {
      socket.bind(port, '127.0.0.1')
      await once(socket, 'listening')
      return port
    } catch {
      // the port is used for UDP
    } finally {
      socket.close()
    }
  }
}
