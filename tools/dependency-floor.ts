/**
 * The oldest versions of other people's packages that may be in `package-lock.json`, and why.
 *
 * A test compares the lockfile with this table, so that its result does not depend on an advisory service. When an
 * advisory appears, raise the floor here, then the lockfile.
 */
import { compareVersions, majorOf } from './workspace/versions.ts'

export interface Floor {
  /** One version for each line that got the fix; a newer line than all of them has it too. */
  readonly minimum: readonly string[]
  readonly why: string
}

export const dependencyFloor: Readonly<Record<string, Floor>> = {
  '@opentelemetry/core': {
    minimum: ['2.8.0'],
    why: 'CVE-2026-54285 (GHSA-8988-4f7v-96qf): a long baggage header takes memory without bound',
  },
  '@opentelemetry/exporter-prometheus': {
    minimum: ['0.217.0'],
    why: 'CVE-2026-44902 (GHSA-q7rr-3cgh-j5r3): a malformed request target ends the process',
  },
  'form-data': {
    minimum: ['2.5.4', '3.0.4', '4.0.4'],
    why: 'CVE-2025-7783: boundaries that can be guessed',
  },
  ioredis: {
    minimum: ['5.0.0'],
    why: 'older lines get no fixes; on any line errors carry the password of AUTH, so they need redaction too',
  },
  'node-forge': {
    minimum: ['1.4.0'],
    why: 'CVE-2026-33891, -33894, -33895, -33896: forged signatures and certificate chains, endless loop',
  },
  'path-to-regexp': {
    minimum: ['0.1.13', '8.4.0'],
    why: 'CVE-2026-4867, -4923, -4926: regular expressions that take exponential time',
  },
  protobufjs: {
    minimum: ['7.5.6', '8.0.2'],
    why: 'CVE-2026-44291 and five more: code execution and denial of service through schemas',
  },
  undici: {
    minimum: ['6.24.0', '7.24.0'],
    why: 'CVE-2026-1525 to -1528, -2229: smuggled requests, WebSocket frames that crash or take all memory',
  },
  ws: {
    minimum: ['6.2.4', '7.5.11', '8.21.0'],
    why: 'CVE-2026-48779 (GHSA-96hv-2xvq-fx4p): tiny fragments take all memory',
  },
  yaml: {
    minimum: ['1.10.3', '2.8.3'],
    why: 'CVE-2026-33532 (GHSA-48c2-rrv3-qjmp): nesting exhausts the stack',
  },
}

/** Whether a version is at or above the floor: of its own line, or newer than every line that is named. */
export function isAboveFloor(version: string, { minimum }: Floor): boolean {
  const ofLine = minimum.find((one) => majorOf(one) === majorOf(version))
  if (ofLine !== undefined) return compareVersions(version, ofLine) >= 0
  return minimum.every((one) => majorOf(one) < majorOf(version))
}

/** What a lockfile says of one installed package. */
export interface LockedPackage {
  readonly version?: string
  readonly resolved?: string
  readonly link?: boolean
  readonly hasInstallScript?: boolean
  /** The real name, where the folder is an alias. */
  readonly name?: string
}

/** Everything in a lockfile that is below the floor, a sentence each. */
export function belowFloor(
  packages: Readonly<Record<string, LockedPackage>>,
  floor = dependencyFloor,
): string[] {
  return Object.entries(packages).flatMap(([path, locked]) => {
    const name = packageName(path, locked)
    const line = floor[name]
    if (line === undefined || locked.version === undefined || isAboveFloor(locked.version, line)) return []
    return [`${path} is ${name} ${locked.version}, expected ${line.minimum.join(' or ')}: ${line.why}`]
  })
}

export function packageName(path: string, { name }: LockedPackage): string {
  return name ?? path.slice(path.lastIndexOf('node_modules/') + 'node_modules/'.length)
}
