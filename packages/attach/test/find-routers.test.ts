import { describeRouter, findContentRouters, isKadDht, leadsToLibp2p } from '@tidegauge/attach'
import { describe, expect, it } from 'vitest'

const routing = Symbol.for('@libp2p/content-routing')

function kadDht(more: object = {}): object {
  return { [Symbol.toStringTag]: '@libp2p/kad-dht', ...more }
}

describe('the content routers of a libp2p node', () => {
  it('are its DHTs and its other routers, under the names of their services', () => {
    const [lan, wan, delegated] = [kadDht(), kadDht(), { provide() {} }]
    const libp2p = { services: { lan, wan, ping: {}, delegated: { [routing]: delegated }, none: undefined } }
    expect(findContentRouters(libp2p)).toEqual({
      dhts: new Map([
        [lan, 'lan'],
        [wan, 'wan'],
      ]),
      others: new Map([[delegated, 'delegated']]),
    })
  })

  it('are found once when libp2p lists the routers of its services again', () => {
    const delegated = { name: 'second name' }
    const dht = kadDht()
    const ofDht = { dht }
    const libp2p = {
      services: { dht: Object.assign(dht, { [routing]: ofDht }), http: { [routing]: delegated } },
      contentRouting: { routers: [ofDht, delegated, delegated] },
    }
    expect(findContentRouters(libp2p)).toEqual({
      dhts: new Map([[dht, 'dht']]),
      others: new Map([[delegated, 'http']]),
    })
  })

  it('include a DHT that is not a service, by the router that refers to it', () => {
    const dht = kadDht()
    const router = { dht, toString: () => 'KadDHTContentRouting()' }
    expect(findContentRouters({ contentRouting: { routers: [router] } })).toEqual({
      dhts: new Map([[dht, 'KadDHTContentRouting']]),
      others: new Map(),
    })
  })

  it('do not include the router of a DHT that does not refer to its DHT', () => {
    const router = { provide() {} }
    const dht = kadDht({ [routing]: router })
    const libp2p = { services: { dht }, contentRouting: { routers: [router] } }
    expect(findContentRouters(libp2p)).toEqual({ dhts: new Map([[dht, 'dht']]), others: new Map() })
  })

  it.each([
    undefined,
    7,
    {},
    { services: 1, contentRouting: { routers: 2 } },
    { services: { a: null }, contentRouting: { routers: [null, 3] } },
    {
      get services(): never {
        throw new Error('not started')
      },
    },
  ])('are none for something else (%#)', (libp2p) => {
    expect(findContentRouters(libp2p)).toEqual({ dhts: new Map(), others: new Map() })
  })
})

it('recognises a kad-dht by its tag or by its shape', () => {
  const shape = { contentRouting: { provide: () => {} }, routingTable: {} }
  const services = [kadDht(), shape, { contentRouting: {} }, {}, null]
  expect(services.map(isKadDht)).toEqual([true, true, false, false, false])
})

it('recognises the router of Helia that leads to libp2p by its name, or because it refers to libp2p', () => {
  const libp2p = {}
  const routers = [{ name: 'libp2p-router' }, { name: 'mine', node: libp2p }, { name: 'http' }, undefined]
  expect(routers.map((router) => leadsToLibp2p(router, libp2p))).toEqual([
    'name',
    'reference',
    undefined,
    undefined,
  ])
  expect(leadsToLibp2p({ node: undefined }, undefined)).toBeUndefined()
})

it('names a router by its name, by its text without arguments, or by its class', () => {
  class Mine {
    readonly get = undefined
  }
  const broken = {
    toString: () => {
      throw new Error('no text')
    },
  }
  const routers = [
    { name: 'over-http' },
    { name: '', toString: () => 'Pub(http://secret@host)' },
    new Mine(),
    {},
    broken,
    Object.create(null),
    null,
  ]
  expect(routers.map(describeRouter)).toEqual([
    'over-http',
    'Pub',
    'Mine',
    'unknown',
    'unknown',
    'unknown',
    'unknown',
  ])
})
