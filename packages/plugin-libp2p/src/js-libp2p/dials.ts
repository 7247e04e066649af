import { observeCall, safeGet, safeGetMethod, UndoList, wrapMethod, type Undo } from '@tidegauge/attach'
import type { LogOnce } from '@tidegauge/core'
import type { DialOutcome } from '../resources/dials.js'
import { connectionOf, type ConnectionManagerLike, type EventSourceLike } from './shapes.js'

const outcomesByName: Readonly<Record<string, DialOutcome>> = {
  DialDeniedError: 'denied',
  ConnectionInterceptedError: 'denied',
  NoValidAddressesError: 'no_address',
}

/** Watches every request for a connection: those of the application and those of libp2p's modules. */
export function watchDials(
  manager: ConnectionManagerLike,
  events: EventSourceLike | undefined,
  onDial: (outcome: DialOutcome) => void,
  logOnce: LogOnce,
): Undo {
  if (safeGetMethod(manager, 'openConnection') === undefined) return () => {}
  const undo = new UndoList()
  // the position of each connection in the order of opening: what was open before a request is not its result
  const positions = new WeakMap<object, number>()
  let opened = 0
  const onOpen = (event: Event): void => void positions.set(connectionOf(event), ++opened)
  events?.addEventListener('connection:open', onOpen)
  undo.add(() => events?.removeEventListener('connection:open', onOpen))
  const count = (read: () => DialOutcome): void => logOnce.guard('counting a dial', () => onDial(read()))
  undo.add(
    wrapMethod(manager, 'openConnection', (call, [, options]) => {
      const before = opened
      return observeCall(call, {
        returned: (connection) =>
          count(() => ((positions.get(connection as object) ?? 0) > before ? 'connected' : 'existing')),
        failed: (error) => count(() => outcomeOf(error, safeGet(options, 'signal'))),
      })
    }),
  )
  return () => undo.run()
}

/** The outcome of a dial that failed; of one to many addresses what all of them have in common. */
function outcomeOf(error: unknown, signal: unknown): DialOutcome {
  const name = String(safeGet(error, 'name'))
  if (name === 'AggregateError') {
    const all = (safeGet(error, 'errors') as unknown[]).map((one) => outcomeOf(one, signal))
    return new Set(all).size === 1 ? all[0] : 'failed'
  }
  if (name === 'DialError' && /queue is full/.test(String(safeGet(error, 'message')))) return 'queue_full'
  if (name !== 'TimeoutError' && name !== 'AbortError') return outcomesByName[name] ?? 'failed'
  // libp2p calls both a timeout, or both an abort
  if (safeGet(signal, 'aborted') !== true) return 'timeout'
  return safeGet(safeGet(signal, 'reason'), 'name') === 'TimeoutError' ? 'timeout' : 'aborted'
}
