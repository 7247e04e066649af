import type {
  ComponentsLike,
  ConnectionLike,
  ConnectionManagerLike,
  EventSourceLike,
  ObservableNode,
  RegistrarLike,
  TransportManagerLike,
} from './shapes.js'

/**
 * One node, read through its components where they are at hand and through its public methods otherwise.
 *
 * Components are looked up at each use: libp2p adds them after it has asked for its metrics. A host that makes
 * its node anew points the view at the new one.
 */
export class NodeView {
  #components: ComponentsLike | undefined
  #node: ObservableNode | undefined

  /** Whether there is a node at all. */
  get hasNode(): boolean {
    return this.#components !== undefined || this.#node !== undefined
  }

  get components(): ComponentsLike | undefined {
    return this.#components
  }

  get node(): ObservableNode | undefined {
    return this.#node
  }

  pointAt(components: ComponentsLike | undefined, node: ObservableNode | undefined): void {
    this.#components = components
    this.#node = node
  }

  /** Where the node's events come from. */
  get events(): EventSourceLike | undefined {
    return this.#component('events') ?? this.#node
  }

  get connectionManager(): ConnectionManagerLike | undefined {
    return this.#component('connectionManager')
  }

  get registrar(): RegistrarLike | undefined {
    return this.#component('registrar')
  }

  get transportManager(): TransportManagerLike | undefined {
    return this.#component('transportManager')
  }

  /** The names of the multiplexers that run over a transport's connection; undefined when not told. */
  get muxers(): ReadonlyMap<string, unknown> | undefined {
    return this.#component('upgrader')?.getStreamMuxers?.()
  }

  connections(): readonly ConnectionLike[] {
    return (this.connectionManager ?? this.#node)?.getConnections() ?? []
  }

  protocols(): readonly string[] {
    return (this.registrar ?? this.#node)?.getProtocols() ?? []
  }

  addresses(): string[] {
    const addresses = this.#component('addressManager')?.getAddresses() ?? this.#node?.getMultiaddrs() ?? []
    return addresses.map(String)
  }

  /** Dials that are waiting or under way; undefined when not told. */
  dials(): number | undefined {
    return (this.connectionManager ?? this.#node)?.getDialQueue?.()?.length
  }

  /** The first component that calls itself `tag`, such as `@libp2p/circuit-relay-v2-server`. */
  componentTagged(tag: string): object | undefined {
    const bag = this.#component('components') ?? {}
    return Object.values(bag).find((part): part is object => tagOf(part) === tag)
  }

  transportTagged(tag: string): object | undefined {
    return this.transportManager?.getTransports().find((transport) => tagOf(transport) === tag)
  }

  /** libp2p throws for a component that is not there (yet). */
  #component<K extends keyof ComponentsLike>(name: K): ComponentsLike[K] | undefined {
    try {
      return this.#components?.[name]
    } catch {
      return undefined
    }
  }
}

function tagOf(part: unknown): unknown {
  return typeof part === 'object' && part !== null ? Reflect.get(part, Symbol.toStringTag) : undefined
}
