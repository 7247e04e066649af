/** Where messages go: the shape that pino's and console's methods share. */
export interface Logger {
  debug(message: string): void
  info(message: string): void
  warn(message: string): void
  error(message: string): void
}

/** A logger that says nothing. */
export const silentLogger: Logger = { debug() {}, info() {}, warn() {}, error() {} }

/**
 * The same logger with a prefix, guarded: a logger that throws disturbs nobody.
 *
 * Line breaks and other control characters in a message are replaced, so that one event stays one line.
 */
export function prefixLogger(logger: Logger, prefix: string): Logger {
  const at = (level: keyof Logger) => (message: string) => {
    try {
      logger[level](`${prefix}${message}`.replace(/[\u0000-\u001f\u007f-\u009f\u2028\u2029]+/g, ' '))
    } catch {
      // a host's broken logger is the host's affair
    }
  }
  return { debug: at('debug'), info: at('info'), warn: at('warn'), error: at('error') }
}
