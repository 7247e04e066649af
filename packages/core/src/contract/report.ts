/** The state of a plugin or transport, as `/health` and `describe()` report it. */
export type ComponentState = 'idle' | 'starting' | 'up' | 'down' | 'stopped'

/** One plugin's or transport's health. Times are seconds since the Unix epoch. */
export interface ComponentHealth {
  readonly name: string
  /** The constant labels that tell two instances of a plugin apart. */
  readonly labels?: Readonly<Record<string, string>>
  readonly state: ComponentState
  readonly lastSuccessSeconds: number | undefined
  readonly lastError: string | undefined
  readonly lastErrorSeconds: number | undefined
}

/** Healthy when every plugin and every transport is up. */
export interface HealthReport {
  readonly healthy: boolean
  readonly plugins: readonly ComponentHealth[]
  readonly transports: readonly ComponentHealth[]
}

/** What runs in a host. */
export interface HostDescription {
  readonly service: { readonly name: string; readonly instanceId?: string }
  readonly state: string
  readonly startedAtSeconds: number | undefined
  readonly plugins: readonly {
    readonly name: string
    readonly version: string
    readonly labels: Readonly<Record<string, string>>
    readonly state: ComponentState
    readonly instruments: number
    readonly series: number
    readonly intervalMs: number
    readonly startMs: number | undefined
    readonly transports: readonly string[] | 'all'
  }[]
  readonly transports: readonly {
    readonly name: string
    readonly version: string
    readonly state: ComponentState
    readonly startMs: number | undefined
    readonly details: Readonly<Record<string, string>>
  }[]
}
