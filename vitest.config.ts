import { defineConfig } from 'vitest/config'
import { readdirSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

const packages = readdirSync(new URL('./packages/', import.meta.url))

export default defineConfig({
  resolve: {
    // tests run against the sources, so that a failure points at them
    alias: Object.fromEntries(
      packages.map((name) => [
        `@tidegauge/${name}`,
        fileURLToPath(new URL(`./packages/${name}/src/index.ts`, import.meta.url)),
      ]),
    ),
  },
  test: {
    include: ['packages/*/test/**/*.test.ts', 'tools/**/*.test.ts', 'examples/*/test/**/*.test.ts'],
    testTimeout: 30_000,
    hookTimeout: 60_000,
    // two shared cores, real servers: files one after the other keep timings honest
    fileParallelism: false,
  },
})
