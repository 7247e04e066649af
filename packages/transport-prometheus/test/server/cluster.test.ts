import { execFile } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { expect, test } from 'vitest'

test('a worker of node:cluster warns that its port is shared, and says what to do (issue 10.12)', async () => {
  const script = fileURLToPath(new URL('../support/cluster-worker.ts', import.meta.url))
  const { stdout } = await promisify(execFile)(process.execPath, [script], { timeout: 20_000 })
  expect(stdout).toContain('workers of node:cluster share a port')
  expect(stdout).toContain('port: 9464 + cluster.worker.id')
})
