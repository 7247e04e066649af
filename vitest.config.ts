import { readdirSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { defineConfig } from 'vitest/config'
import { testGroups } from './tools/test-groups.ts'

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
    testTimeout: 30_000,
    hookTimeout: 60_000,
    // a process for each file would load the same libraries again and again: half of the time
    isolate: false,
    projects: testGroups.map(({ name, include, exclude = [], maxWorkers = 1 }, groupOrder) => ({
      extends: true as const,
      test: {
        name,
        include: [...include],
        exclude: ['**/node_modules/**', '**/dist/**', ...exclude],
        maxWorkers,
        sequence: { groupOrder },
      },
    })),
  },
})
