import { redact } from './redact.js'

/** Where messages go: the shape that pino's and console's methods share. */
export interface Logger {
  debug(message: string): void
  info(message: string): void
  warn(message: string): void
  error(message: string): void
}

/** A logger that discards every message. */
export const silentLogger: Logger = { debug() {}, info() {}, warn() {}, error() {} }

/** Writes warnings and errors to the standard error stream, one line each. */
export const stderrLogger: Logger = {
  debug() {},
  info() {},
  warn: (message) => void process.stderr.write(`tidegauge: warning: ${message}\n`),
  error: (message) => void process.stderr.write(`tidegauge: error: ${message}\n`),
}

/**
 * The same logger with a prefix, guarded: a logger that throws stops nothing.
 *
 * Line breaks and other control characters in a message are replaced, so that one message stays one line;
 * credentials are removed.
 */
export function prefixLogger(logger: Logger, prefix: string): Logger {
  const at = (level: keyof Logger) => (message: string) => {
    try {
      logger[level](redact(`${prefix}${message}`).replace(/[\u0000-\u001f\u007f-\u009f\u2028\u2029]+/g, ' '))
    } catch {
      // the host's logger is broken; nothing else can be done about it
    }
  }
  return { debug: at('debug'), info: at('info'), warn: at('warn'), error: at('error') }
}
