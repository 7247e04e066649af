import { createRequire } from 'node:module'
import { Worker } from 'node:worker_threads'
import { compare } from 'bcryptjs'

/** What compares a password with a hash, and how to end it. */
export interface BcryptWorker {
  /** For one call at a time. Rejects when it is ended meanwhile. */
  compare(password: string, hash: string): Promise<boolean>
  end(): Promise<void>
}

interface Thread {
  readonly worker: Worker
  pending: PromiseWithResolvers<boolean> | undefined
  isOver: boolean
}

/** A thread that nobody has used for so long ends. */
const IDLE_MS = 30_000

const program = `
const { parentPort, workerData } = require('node:worker_threads')
const { compareSync } = require(workerData)
parentPort.on('message', ({ password, hash }) => parentPort.postMessage(compareSync(password, hash)))
`

/**
 * Compares in a thread of its own, which starts at the first call and ends when it is idle: bcryptjs works in steps
 * of 100 ms, and whoever sends wrong passwords would hold the host's event loop for as long.
 *
 * Where no thread can be had (a bundle without bcryptjs beside it), it compares here.
 */
export function createBcryptWorker(): BcryptWorker {
  let thread: Thread | undefined
  let idle: NodeJS.Timeout | undefined
  let isUsable = true
  const end = async () => {
    clearTimeout(idle)
    const ending = thread
    thread = undefined
    await ending?.worker.terminate()
  }
  const ask = (password: string, hash: string): Promise<boolean> => {
    if (thread === undefined || thread.isOver) thread = startThread()
    thread.pending = Promise.withResolvers()
    thread.worker.postMessage({ password, hash }, [])
    return thread.pending.promise
  }
  return {
    end,
    async compare(password, hash) {
      clearTimeout(idle)
      try {
        if (isUsable) return await ask(password, hash)
      } catch (thrown) {
        // ended from outside, or broken by itself
        if (thread === undefined) throw thrown
        isUsable = false
      } finally {
        if (thread !== undefined) idle = setTimeout(() => void end(), IDLE_MS).unref()
      }
      return compare(password, hash)
    },
  }
}

function startThread(): Thread {
  const bcrypt = createRequire(import.meta.url).resolve('bcryptjs')
  const worker = new Worker(program, {
    eval: true,
    workerData: bcrypt,
    execArgv: [],
    env: {},
    name: 'bcrypt',
  })
  const thread: Thread = { worker, pending: undefined, isOver: false }
  const fail = () => {
    thread.isOver = true
    thread.pending?.reject(new Error('the thread that compares passwords ended'))
  }
  worker.on('message', (matches: boolean) => thread.pending?.resolve(matches))
  worker.on('error', fail)
  worker.on('exit', fail)
  worker.unref()
  return thread
}
