import { safeGetMethod } from '@tidegauge/attach'
import { OptionCheck } from '@tidegauge/core'
import type { ProcessLike } from './process/process-source.js'
import type { MySystemSource } from './source.js'

/** What a user may pass to `mySystem()`. */
export interface MySystemOptions {
  /** The process to measure. Default: the one that this code runs in. */
  readonly target?: ProcessLike
  /** A source for another system, such as `createMySystemRecorder()`; not together with `target`. Default: none. */
  readonly source?: MySystemSource
  /** How many names of warnings get their own series, 1 to 1,000; others are counted as `other`. Default: 20. */
  readonly maxWarningNames?: number
}

/** The options with their defaults. */
export interface MySystemSettings {
  readonly target: ProcessLike
  readonly source: MySystemSource | undefined
  readonly maxWarningNames: number
}

/** Checks the options and fills in the defaults. Throws `OPTIONS_INVALID` that names every wrong option. */
export function parseOptions(options: MySystemOptions): MySystemSettings {
  const check = new OptionCheck('plugin "my-system"')
  const given = check.object('', options, ['target', 'source', 'maxWarningNames'])
  const { target = globalThis.process, source } = given
  const isProcess = safeGetMethod(target, 'resourceUsage') !== undefined
  check.expect(isProcess, 'target', target, 'a process, with the method resourceUsage')
  if (source !== undefined) {
    const isSource = safeGetMethod(source, 'read') !== undefined
    check.expect(isSource, 'source', source, 'an object with a method read')
    check.expect(given['target'] === undefined, 'target', target, 'no value together with source')
  }
  const maxWarningNames = check.integer('maxWarningNames', given['maxWarningNames'], 20, 1, 1_000)
  check.assertNoIssues()
  return {
    target: target as ProcessLike,
    source: source as MySystemSource | undefined,
    maxWarningNames,
  }
}
