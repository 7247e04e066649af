import { OptionsError } from '@tidegauge/core'
import { describe, expect, it } from 'vitest'
import { ipns, type IpnsOptions } from '../src/index.js'
import { parseOptions } from '../src/options.js'
import { createNode, nameOf } from './support/nodes.js'

const name = { routers: [], publish: () => Promise.resolve() }
const source = { read: () => ({}) }

function issuesOf(options: unknown): string[] {
  try {
    parseOptions(options as IpnsOptions)
  } catch (thrown) {
    if (thrown instanceof OptionsError) return thrown.issues.map(({ path }) => path)
    throw thrown
  }
  return []
}

describe('options', () => {
  it('have Helia’s defaults, except for the name', async () => {
    const real = nameOf(await createNode())
    expect(parseOptions({ name: real })).toEqual({
      maxNamespaces: 100,
      source: undefined,
      name: real,
      helia: undefined,
      republishIntervalMs: 3_600_000,
      recordsMaxAgeMs: 60_000,
      namespace: undefined,
    })
    expect(parseOptions({ source })).toEqual({ maxNamespaces: 100, source })
  })

  it('are reported all at once, each with its path', () => {
    expect(
      issuesOf({
        name: {},
        helia: { datastore: {} },
        republishIntervalMs: 0,
        recordsMaxAgeMs: -1,
        namespace: 'mine',
        maxNamespaces: 0,
        interval: 5,
      }),
    ).toEqual([
      'interval',
      'maxNamespaces',
      'name',
      'helia',
      'namespace',
      'republishIntervalMs',
      'recordsMaxAgeMs',
    ])
    expect(() => ipns({ name, maxNamespaces: 0 })).toThrow(
      'plugin "ipns": option maxNamespaces was 0, expected an integer from 1 to 1000',
    )
    expect(issuesOf({ name, helia: null, recordsMaxAgeMs: 2 ** 40 })).toEqual(['helia', 'recordsMaxAgeMs'])
  })

  it('may be functions that return the name and the node of now, and then both are (issue 10)', () => {
    const [current, node] = [() => name, () => undefined]
    expect(parseOptions({ name: current, helia: node })).toMatchObject({ name: current, helia: node })
    const datastore = { query: () => [], get: () => new Uint8Array() }
    expect(issuesOf({ name, helia: () => ({ datastore }) })).toEqual([])
    expect(() => ipns({ name: current, helia: { datastore } })).toThrow(
      'expected a function that returns the node, as name is a function',
    )
  })

  it('of a source do not include a name', () => {
    expect(issuesOf({ source: {}, name })).toEqual(['name', 'source'])
    expect(issuesOf({ source: undefined })).toEqual(['source'])
  })

  it('that are missing, or not an object, are refused', () => {
    expect(issuesOf(undefined)).toEqual(['name'])
    expect(issuesOf('quick')).toEqual(['options', 'name'])
    expect(issuesOf({ name: Promise.resolve(name) })).toEqual(['name'])
  })

  it('accept zero', () => {
    expect(parseOptions({ name, recordsMaxAgeMs: 0 })).toMatchObject({ recordsMaxAgeMs: 0 })
  })
})
