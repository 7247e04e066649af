/** python3-prometheus-client's strict OpenMetrics parser, in one process for many documents. */
import { spawn } from 'node:child_process'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { debianFile, debianProgram } from '@tidegauge/testkit'
import { stopProcess } from './processes.js'

export interface PythonFamily {
  readonly name: string
  readonly type: string
  readonly help: string
  readonly samples: readonly (readonly [name: string, labels: Record<string, string>, value: string])[]
}

export interface PythonParser {
  /** Its families, or why it refuses the document. */
  parse(document: string): Promise<{ families: readonly PythonFamily[] } | { refused: string }>
  stop(): Promise<void>
}

export async function startPythonParser(): Promise<PythonParser> {
  const python = await debianProgram('python3')
  const library = await debianFile(
    'python3-prometheus-client',
    'usr/lib/python3/dist-packages/prometheus_client',
  )
  const decorator = await debianFile('python3-decorator', 'usr/lib/python3/dist-packages/decorator.py')
  const folders = [library, decorator].map((path) => path.slice(0, path.lastIndexOf('/')))
  const script = fileURLToPath(new URL('./python-openmetrics.py', import.meta.url))
  const env = {
    ...process.env,
    PYTHONPATH: folders.join(':'),
    PYTHONIOENCODING: 'utf-8',
    PYTHONDONTWRITEBYTECODE: '1',
  }
  const child = spawn(python, [script], { env, stdio: ['pipe', 'pipe', 'inherit'] })
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]()
  return {
    parse: async (document) => {
      child.stdin.write(`${JSON.stringify(document)}\n`)
      const { value, done } = await lines.next()
      if (done) throw new Error('the Python parser has ended; is its library complete?')
      return JSON.parse(value)
    },
    stop: () => {
      child.stdin.end()
      return stopProcess(child)
    },
  }
}
