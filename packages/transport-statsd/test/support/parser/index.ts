export { styles, type Kind, type Line, type Style, type Tags } from './line.js'
export { parseDatagram, parseLine, parseStream } from './parse-datagram.js'
export { createServerModel, type Labels, type ServerModel } from './server-model.js'
