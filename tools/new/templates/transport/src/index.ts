export type { MySystemOptions } from './options.js'
export { mySystem } from './transport.js'
