export { BoundedNames, OTHER_NAME, type BoundedNamesSettings } from './bounded-names.js'
export {
  describeRouter,
  findContentRouters,
  isKadDht,
  leadsToLibp2p,
  type ContentRouters,
} from './find-routers.js'
export { observeCall, type CallObserver } from './observe-call.js'
export { observeGenerator, type GeneratorObserver, type GeneratorOutcome } from './observe-generator.js'
export { isFunction, isObject, isThenable, safeGet, safeGetMethod, type AnyFunction } from './safe-get.js'
export { replaceMethod, UndoList, type Undo } from './undo.js'
export { waitWithinPass, type PassTime } from './wait-within-pass.js'
export { wrapMethod, type MethodWrapper } from './wrap-method.js'
