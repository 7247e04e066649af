import { nodeOf, type NodeLike } from '../../src/helia/shapes.js'
import type { Name, Node } from './nodes.js'

/** The same object with other properties, in front of its own. */
export function changed<T extends object>(object: T, properties: Record<string, unknown>): T {
  return new Proxy(object, {
    get: (target, field) =>
      Object.hasOwn(properties, field) ? properties[String(field)] : Reflect.get(target, field),
  })
}

/** The same object without a property. */
export function without<T extends object>(object: T, hidden: string): T {
  return changed(object, { [hidden]: undefined })
}

/** The routers of Helia. */
export function routersOf(node: Node): object[] {
  return Reflect.get(node.routing, 'routers') as object[]
}

/** Puts a router that does not show what is behind it in the place of another. */
export function hideRouter(name: Name, index: number, text: string): void {
  const router = name.routers[index]
  const put = (...args: Parameters<typeof router.put>) => router.put(...args)
  name.routers[index] = { put, toString: () => text } as never
}

/** A node of a version of Helia that lacks one internal, by the path of the internal. */
export const lacking: Record<string, (name: Name, node: Node) => NodeLike> = {
  'name.components.datastore': (name) => nodeOf(without(name, 'components'), undefined),
  'helia.status': (name, node) => nodeOf(name, without(node, 'status')),
  'helia.libp2p.status': (name, node) => withLibp2p(name, node, 'status'),
  'name.started': (name, node) => nodeOf(without(name, 'started'), node),
  'name.localStore.list': (name, node) => withStore(name, node, 'list'),
  'name.localStore.put': (name, node) => withStore(name, node, 'put'),
  'name.localStore.delete': (name, node) => withStore(name, node, 'delete'),
  'the local store in name.routers': (name, node) => {
    hideRouter(name, 0, 'Opaque()')
    return nodeOf(name, node)
  },
  'the routing of Helia in name.routers': (name, node) => {
    hideRouter(name, 1, 'Opaque()')
    return nodeOf(name, node)
  },
  'helia.routing.routers': (name, node) => {
    hideRouter(name, 1, 'HeliaRouting()')
    return nodeOf(name, without(node, 'routing'))
  },
  'helia.libp2p.services': (name, node) => withLibp2p(name, node, 'services'),
  'helia.libp2p.contentRouting.routers': (name, node) => withLibp2p(name, node, 'contentRouting'),
}

function withLibp2p(name: Name, node: Node, hidden: string): NodeLike {
  const libp2p = without(node.libp2p as object, hidden)
  Object.assign(routersOf(node)[0], { libp2p })
  return nodeOf(name, changed(node, { libp2p }))
}

function withStore(name: Name, node: Node, hidden: string): NodeLike {
  return nodeOf(changed(name, { localStore: without(name.localStore, hidden) }), node)
}
