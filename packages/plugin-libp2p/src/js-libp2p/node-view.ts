import { safeGet } from '@tidegauge/attach'
import type {
  ComponentsLike,
  ConnectionLike,
  ConnectionManagerLike,
  EventSourceLike,
  ObservableNode,
  RegistrarLike,
  TransportManagerLike,
  UpgraderLike,
} from './shapes.js'

/**
 * One node, read through its components when they are known, and through its public methods otherwise.
 *
 * Components are read at each use, because libp2p adds them after it has created its metrics.
 */
export class NodeView {
  components: ComponentsLike | undefined
  node: ObservableNode | undefined

  /** Whether there is a node at all. */
  get hasNode(): boolean {
    return this.components !== undefined || this.node !== undefined
  }

  /** The object that emits the node's events. */
  get events(): EventSourceLike | undefined {
    return this.#component('events') ?? this.node
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

  get upgrader(): UpgraderLike | undefined {
    return this.#component('upgrader')
  }

  /** The multiplexers that run over a transport's connection, by name; undefined when not known. */
  get muxers(): ReadonlyMap<string, unknown> | undefined {
    return this.upgrader?.getStreamMuxers?.()
  }

  connections(): readonly ConnectionLike[] {
    return (this.connectionManager ?? this.node)?.getConnections() ?? []
  }

  protocols(): readonly string[] {
    return (this.registrar ?? this.node)?.getProtocols() ?? []
  }

  addresses(): string[] {
    const addresses = this.#component('addressManager')?.getAddresses() ?? this.node?.getMultiaddrs() ?? []
    return addresses.map(String)
  }

  /** Dials that wait or are in progress; undefined when not known. */
  dials(): number | undefined {
    return (this.connectionManager ?? this.node)?.getDialQueue?.()?.length
  }

  /** The first component with this tag, such as `@libp2p/circuit-relay-v2-server`. */
  componentTagged(tag: string): object | undefined {
    return findTagged(Object.values(this.#component('components') ?? {}), tag)
  }

  transportTagged(tag: string): object | undefined {
    return findTagged(this.transportManager?.getTransports() ?? [], tag)
  }

  #component<K extends keyof ComponentsLike>(name: K): ComponentsLike[K] | undefined {
    return safeGet(this.components, name) as ComponentsLike[K] | undefined
  }
}

function findTagged(parts: readonly unknown[], tag: string): object | undefined {
  return parts.find((part) => safeGet(part, Symbol.toStringTag) === tag) as object | undefined
}
