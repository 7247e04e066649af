import { createRequire } from 'node:module'
import { Worker } from 'node:worker_threads'
import { compare } from 'bcryptjs'

/** Compares passwords with hashes. */
export interface BcryptWorker {
  /** One call at a time. Rejects when the worker is stopped meanwhile. */
  compare(password: string, hash: string): Promise<boolean>
  stop(): Promise<void>
}

interface Thread {
  readonly worker: Worker
  pending: PromiseWithResolvers<boolean> | undefined
  hasEnded: boolean
}

/** After so long without a comparison, the thread is stopped. */
const IDLE_MS = 30_000

const program = `
const { parentPort, workerData } = require('node:worker_threads')
const { compareSync } = require(workerData)
parentPort.on('message', ({ password, hash }) => parentPort.postMessage(compareSync(password, hash)))
`

/**
 * Compares in a thread, which starts at the first call and stops when it is idle. bcryptjs works in steps of 100 ms, so
 * without a thread anybody who sends wrong passwords would block the host's event loop.
 *
 * When the thread cannot load bcryptjs (because of a bundler), passwords are compared on the event loop.
 */
export function createBcryptWorker(): BcryptWorker {
  let thread: Thread | undefined
  let idle: NodeJS.Timeout | undefined
  let canUseThread = true
  const stop = async () => {
    clearTimeout(idle)
    const stopping = thread
    thread = undefined
    await stopping?.worker.terminate()
  }
  const compareInThread = (password: string, hash: string): Promise<boolean> => {
    if (thread === undefined || thread.hasEnded) thread = startThread()
    thread.pending = Promise.withResolvers()
    thread.worker.postMessage({ password, hash }, [])
    return thread.pending.promise
  }
  return {
    stop,
    async compare(password, hash) {
      clearTimeout(idle)
      try {
        if (canUseThread) return await compareInThread(password, hash)
      } catch (thrown) {
        // the worker was stopped; otherwise the thread itself has failed
        if (thread === undefined) throw thrown
        canUseThread = false
      } finally {
        if (thread !== undefined) idle = setTimeout(() => void stop(), IDLE_MS).unref()
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
  const thread: Thread = { worker, pending: undefined, hasEnded: false }
  const fail = () => {
    thread.hasEnded = true
    thread.pending?.reject(new Error('the thread that compares passwords ended'))
  }
  worker.on('message', (matches: boolean) => thread.pending?.resolve(matches))
  worker.on('error', fail)
  worker.on('exit', fail)
  worker.unref()
  return thread
}
