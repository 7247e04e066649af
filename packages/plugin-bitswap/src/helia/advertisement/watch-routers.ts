import {
  describeRouter,
  isObject,
  leadsToLibp2p,
  observeCall,
  safeGet,
  safeGetMethod,
  wrapMethod,
} from '@tidegauge/attach'
import { Attempt } from '../../advertisement/attempt.js'
import { OpenProvides } from '../../advertisement/open-provides.js'
import type { AdvertisementDeps } from './attached-objects.js'
import { doesNothing } from './no-op.js'

/**
 * Counts the advertisements of a Helia's routers, of the present ones and of those that are added later.
 * `getLibp2p` returns the node's libp2p, if there is one by then.
 */
export function watchRouters(routing: object, getLibp2p: () => unknown, deps: AdvertisementDeps): void {
  const { logOnce, attached } = deps
  const watch = (router: unknown): void => {
    if (isObject(router) && !isPassage(router, getLibp2p(), deps))
      watchRouter(router, describeRouter(router), deps)
  }
  const routers = safeGet(routing, 'routers')
  if (Array.isArray(routers)) for (const router of routers as unknown[]) watch(router)
  if (safeGetMethod(routing, 'addRouter') === undefined) return
  attached.attach(routing, 'the routing of Helia', () =>
    wrapMethod(routing, 'addRouter', (call, [router]) => {
      const result = call()
      logOnce.guard('watching a router', () => watch(router))
      return result
    }),
  )
}

/** Whether a router passes everything to libp2p: that is counted at libp2p's own routers. */
function isPassage(router: object, libp2p: unknown, { logOnce }: AdvertisementDeps): boolean {
  const reason = leadsToLibp2p(router, libp2p)
  if (reason === 'reference') {
    const name = describeRouter(router)
    logOnce.info(
      `libp2p in ${name}`,
      `router "${name}" has the node's libp2p in a field: what it provides is counted at the DHTs, and not as delegated`,
    )
  }
  return reason !== undefined
}

/** Counts the advertisements of one router that is not a DHT: a success when `provide` returns without an error. */
export function watchRouter(router: object, name: string, deps: AdvertisementDeps): void {
  const provide = safeGetMethod(router, 'provide')
  if (provide === undefined) return
  const what = `router "${name}"`
  deps.attached.attach(router, what, () => {
    if (doesNothing(provide)) {
      deps.logOnce.info(
        `no-op ${name}`,
        `${what} has a provide that does nothing: it advertises nothing, and nothing is counted for it`,
      )
      return () => {}
    }
    const open = new OpenProvides(what, deps)
    const restore = wrapMethod(router, 'provide', (call) => {
      const attempt = new Attempt('delegated', { ...deps, open })
      attempt.start()
      return observeCall(call, { returned: () => attempt.succeed(), failed: () => attempt.end() })
    })
    return () => {
      restore()
      open.stop()
    }
  })
}
