import type { Transport } from '@tidegauge/core'
import { parseOptions, type MySystemOptions } from './options.js'
import { describeUrl } from './send/post.js'
import { Pusher } from './send/pusher.js'
import { version } from './version.js'

/**
 * Creates the transport. Nothing is opened before the host starts, and the network is not used before the first push.
 * Throws `OPTIONS_INVALID`.
 */
export function mySystem(options: MySystemOptions): Transport {
  const settings = parseOptions(options)
  let pusher: Pusher | undefined
  return {
    name: settings.name,
    version,
    apiLevel: 1,
    start(context) {
      pusher = new Pusher(settings, context)
    },
    flush: (context) => pusher?.push(context?.deadlineMs),
    stop: () => pusher?.stop(),
    describe: () => ({ url: describeUrl(settings.url) }),
  }
}
