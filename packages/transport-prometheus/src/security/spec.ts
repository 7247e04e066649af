/** The policy on client certificates. Names and meanings as in Go's crypto/tls and the exporter-toolkit. */
export type ClientAuthType =
  | 'NoClientCert'
  | 'RequestClientCert'
  | 'RequireAnyClientCert'
  | 'VerifyClientCertIfGiven'
  | 'RequireAndVerifyClientCert'

/** The response headers that may be set. */
export type SecurityHeader =
  | 'Content-Security-Policy'
  | 'X-Frame-Options'
  | 'X-Content-Type-Options'
  | 'X-XSS-Protection'
  | 'Strict-Transport-Security'

/** PEM as text or in a file. `path` is the option it came from, for issues. */
export interface PemSource {
  readonly path: string
  readonly text?: string
  readonly file?: string
}

/** The checked settings of TLS, before any file is read. */
export interface TlsSpec {
  readonly cert: PemSource
  readonly key: PemSource
  readonly clientCa: PemSource | undefined
  readonly clientAuth: ClientAuthType
  /** Undefined: every name is allowed. */
  readonly allowedSans: readonly string[] | undefined
  readonly minVersion: TlsVersion
  readonly maxVersion: TlsVersion
  /** OpenSSL's names; empty: Node.js's default. */
  readonly ciphers: readonly string[]
  /** OpenSSL's names; empty: Node.js's default. */
  readonly curves: readonly string[]
  readonly preferServerCiphers: boolean
}

/** Versions of TLS, in Node.js's names. */
export type TlsVersion = 'TLSv1' | 'TLSv1.1' | 'TLSv1.2' | 'TLSv1.3'

/** How many requests are allowed. */
export interface RateLimit {
  /** One more request is allowed after each interval. */
  readonly intervalMs: number
  /** How many requests are allowed at once; 0 allows none. */
  readonly burst: number
}

/** The checked options. */
export interface SecuritySettings {
  /** Where it is given, it replaces `spec`. */
  readonly webConfigFile: string | undefined
  readonly spec: SecuritySpec
  readonly bearerTokens: readonly string[]
}

/** Who may read the pages, and how; from the options or from a web.config.yml. */
export interface SecuritySpec {
  readonly tls: TlsSpec | undefined
  /** bcrypt hashes by user; empty: no basic auth. */
  readonly users: ReadonlyMap<string, string>
  readonly headers: ReadonlyMap<SecurityHeader, string>
  readonly rateLimit: RateLimit | undefined
  /** Warnings for the operator. */
  readonly warnings: readonly string[]
}
