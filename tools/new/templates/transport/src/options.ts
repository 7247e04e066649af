import { OptionCheck } from '@tidegauge/core'

/** What a user passes to `mySystem()`. */
export interface MySystemOptions {
  /** Where to send, such as `http://127.0.0.1:8080/metrics`. */
  readonly url: string | URL
  /** The transport's name in routes, `/health` and core's own metrics. Default: `my-system`. */
  readonly name?: string
  /** The time between pushes; 0: only when the host flushes. Default: 10,000. */
  readonly intervalMs?: number
  /** How long the receiver has to answer. Default: 5,000. */
  readonly timeoutMs?: number
}

/** The options with their defaults. */
export interface MySystemSettings {
  readonly url: URL
  readonly name: string
  readonly intervalMs: number
  readonly timeoutMs: number
}

const keys = ['url', 'name', 'intervalMs', 'timeoutMs']
const MAX_MS = 2 ** 31 - 1

/** Checks the options and fills in the defaults. Throws `OPTIONS_INVALID` that names every wrong option. */
export function parseOptions(options: MySystemOptions): MySystemSettings {
  const check = new OptionCheck('transport "my-system"')
  // a missing argument is reported like a wrong one
  const given = check.object('', options ?? {}, keys) as Partial<MySystemOptions>
  const url = URL.parse(String(given.url))
  const isUrl = url !== null && /^https?:$/.test(url.protocol) && url.username === '' && url.password === ''
  check.expect(isUrl, 'url', given.url, 'an http or https URL without a user')
  const name = check.text('name', given.name, 'my-system')
  check.expect(/^[a-z][a-z0-9-]*$/.test(name), 'name', name, 'lower case letters, digits and hyphens')
  const settings = {
    url: url!,
    name,
    intervalMs: check.integer('intervalMs', given.intervalMs, 10_000, 0, MAX_MS),
    timeoutMs: check.integer('timeoutMs', given.timeoutMs, 5_000, 1, MAX_MS),
  }
  check.assertNoIssues()
  return settings
}
