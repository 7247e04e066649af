import { createServer } from 'node:net'
import { parseArgs } from 'node:util'

export const HELP = `npm start -- [options]

  --port N     port of the metrics page; the next free one when it is taken. Default 9464; 0: any
  --seconds N  stop after so many seconds. Default: until Ctrl-C
  --help       this text`

/** What the command line said. */
export interface CommandLine {
  readonly port: number
  /** Undefined: until Ctrl-C. */
  readonly seconds: number | undefined
  readonly isHelp: boolean
}

/** Throws an error in words for an option that is not there or has no such value. */
export function parseCommandLine(args: readonly string[]): CommandLine {
  const { values } = parseArgs({
    args: [...args],
    options: { port: { type: 'string' }, seconds: { type: 'string' }, help: { type: 'boolean', short: 'h' } },
  })
  return {
    port: integer('--port', values.port, 65_535) ?? 9464,
    seconds: integer('--seconds', values.seconds, 2_000_000),
    isHelp: values.help === true,
  }
}

function integer(name: string, text: string | undefined, max: number): number | undefined {
  if (text === undefined) return undefined
  const value = Number(text)
  if (text !== '' && Number.isInteger(value) && value >= 0 && value <= max) return value
  throw new Error(`${name} was "${text}", expected a whole number from 0 to ${max}`)
}

/** The port itself, or the next free one. */
export async function freePort(port: number): Promise<number> {
  for (let next = port; next < port + 100 && next <= 65_535; next++) if (await isFree(next)) return next
  return 0
}

async function isFree(port: number): Promise<boolean> {
  const probe = createServer()
  const free = await new Promise<boolean>((resolve) => {
    probe.once('error', () => resolve(false))
    probe.listen(port, '127.0.0.1', () => resolve(true))
  })
  if (free) await new Promise((resolve) => probe.close(resolve))
  return free
}
