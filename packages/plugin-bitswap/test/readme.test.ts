import { readFileSync } from 'node:fs'
import { startTestHost } from '@tidegauge/testkit'
import { expect, it } from 'vitest'
import { bitswap, instruments } from '../src/index.js'
import { supportedVersions } from '../src/helia/internals.js'
import { readWhenQuiet } from './support/values.js'
import { connect, fetchBlocks, putBlocks, startNode } from './support/nodes.js'
import { blocks, modulesOf, readme, run } from './support/readme-programs.js'

const programs = blocks('ts')

/** What each program prints, in the order of the README. */
const outputs: readonly ((lines: readonly string[]) => void)[] = [
  ([page]) => {
    // a node without peers has no debtor, and has advertised nothing
    const names = Object.values(instruments).map(({ name }) => name as string)
    for (const name of names.filter((one) => !/top_debtor|_timestamp$/.test(one)))
      expect(page).toMatch(new RegExp(`^${name} 0$`, 'm'))
  },
  (lines) => expect(lines).toEqual([]),
  (lines) => expect(lines).toEqual(['skipped']),
]

it('has a test for each of its blocks (issue 10)', () => {
  expect(programs).toHaveLength(outputs.length)
  const tested = ['sh', 'ts', 'text'].flatMap(blocks)
  expect(readme.match(/^```\w/gm)).toHaveLength(tested.length)
  expect([blocks('sh'), blocks('text')].map(({ length }) => length)).toEqual([1, 1])
})

it.each(outputs.map((check, i) => [i + 1, check] as const))(
  'has a program %i that runs (issue 10)',
  async (i, check) => {
    const { lines, warnings } = await run(programs[i - 1])
    check(lines)
    expect(warnings).toEqual([])
  },
)

it('installs the packages of ours that its programs import (issue 10)', () => {
  const [command] = blocks('sh')
  expect(command).toMatch(/^npm install /)
  const ours = programs.flatMap(modulesOf).filter((module) => module.startsWith('@tidegauge/'))
  expect(command.trim().split(' ').slice(2).sort()).toEqual([...new Set(ours)].sort())
})

it('exports what the README shows after one block was sent', async () => {
  const [a, b] = [await startNode(), await startNode()]
  const host = await startTestHost(bitswap({ helia: a }))
  await connect(b, a)
  await fetchBlocks(b, await putBlocks(a, 1, 1_000))
  const values = await readWhenQuiet(host)
  const shown = blocks('text')[0].trim().split('\n')
  expect(shown.length).toBeGreaterThan(10)
  for (const line of shown) {
    const [series, value] = [line.slice(0, line.lastIndexOf(' ')), Number(line.slice(line.lastIndexOf(' ')))]
    expect([series, values.get(series)]).toEqual([series, value])
  }
  const debtor = `libp2p_bitswap_top_debtor_ratio{peer="*${b.libp2p.peerId.toString().slice(-10)}",rank="1"}`
  expect(values.get(debtor)).toBe(1_000)
})

it('lists every instrument and every option', () => {
  for (const { name } of Object.values(instruments)) expect(readme).toContain(`\`${name}\``)
  const ofAutoProvider = [
    'routing',
    'dht',
    'delegated',
    'minIntervalMs',
    'maxBlocks',
    'maxOpen',
    'timeoutMs',
    'clock',
  ]
  for (const option of ['helia', 'advertisements', 'source', ...ofAutoProvider])
    expect(readme).toContain(`| \`${option}\``)
})

/** The package.json of a package: this one's, or one that is installed. */
function manifestOf(path: string): {
  readonly version: string
  readonly peerDependencies: Readonly<Record<string, string>>
  readonly devDependencies: Readonly<Record<string, string>>
} {
  return JSON.parse(readFileSync(new URL(path, import.meta.url), 'utf8'))
}

/** The numbers of a version, or of the oldest one in a range such as `^4.0.14`. */
const numbersOf = (version: string): number[] => version.replace('^', '').split('.').map(Number)

/** Whether a version is in a range such as `^4.0.14`. */
function isIn(version: string, range: string): boolean {
  const [[major, minor, patch], [ofMajor, ofMinor, ofPatch]] = [numbersOf(version), numbersOf(range)]
  return major === ofMajor && (minor > ofMinor || (minor === ofMinor && patch >= ofPatch))
}

it('has the versions that are measured in a table: those of package.json, which are installed (issue 10)', () => {
  const own = manifestOf('../package.json')
  const rows = [...readme.matchAll(/^\| (\d.*) \|$/gm)].map(([, row]) =>
    row.split('|').map((cell) => cell.trim()),
  )
  const [, header] = /^\| (This plugin .*) \|$/m.exec(readme) ?? []
  const names = (header ?? '').split('|').map((cell) => cell.replaceAll('`', '').trim())
  expect(names).toEqual(['This plugin', ...Object.keys(supportedVersions), 'Result'])
  const measured = rows.filter((row) => row.at(-1) === 'measured')
  const release = own.version.split('.').slice(0, 2).join('.')
  const ranges = Object.values(supportedVersions).map((range) => `\`${range}\``)
  expect(measured).toEqual([[release, ...ranges, 'measured']])
  for (const row of rows) expect([row[0], row.length]).toEqual([release, names.length])
  expect(own.peerDependencies['@helia/bitswap']).toBe(supportedVersions['@helia/bitswap'])
  for (const [name, range] of Object.entries(supportedVersions)) {
    const { version } = manifestOf(`../../../node_modules/${name}/package.json`)
    expect(isIn(version, range), `${name} ${version} in ${range}`).toBe(true)
    expect(own.devDependencies[name], `${name} is tested`).toBeDefined()
  }
})
