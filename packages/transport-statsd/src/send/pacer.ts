/**
 * Bytes that may be sent at once after a pause. The buffer of a UDP socket on Linux has 212,992 bytes by default, where
 * each datagram of 1,432 bytes takes 2,304: this is an eighth of it.
 */
export const MAX_BURST_BYTES = 16_384

/** The time that a {@link Pacer} uses. Tests have their own. */
export interface PacerTime {
  /** Monotonic milliseconds. */
  now(): number
  /** Calls back after so many milliseconds. Returns a function that cancels it. */
  after(delayMs: number, callback: () => void): () => void
}

/**
 * Spreads bytes over time, because a receiver that has no time to read loses what does not fit into the buffer of its
 * socket, and nobody notices. Uses real time: sockets do not use the host's clock.
 */
export class Pacer {
  readonly #bytesPerMs: number
  readonly #maxBurstBytes: number
  readonly #time: PacerTime
  /** What may be sent at `#atMs`. Below zero after more was sent: the next bytes wait for it. */
  #allowedBytes: number
  #atMs: number
  #isOn = true
  #endWait = () => {}

  constructor(bytesPerMs: number, time: PacerTime = realTime) {
    this.#bytesPerMs = bytesPerMs
    this.#maxBurstBytes = Math.max(MAX_BURST_BYTES, bytesPerMs)
    this.#time = time
    this.#allowedBytes = this.#maxBurstBytes
    this.#atMs = time.now()
  }

  /** Resolves when so many bytes may be sent, or when the pacer is switched off. */
  async wait(bytes: number): Promise<void> {
    this.#update()
    if (this.#isOn && this.#allowedBytes < 0) await this.#pause(-this.#allowedBytes / this.#bytesPerMs)
    this.#update()
    this.#allowedBytes -= bytes
  }

  switchOn(): void {
    this.#isOn = true
  }

  /** Ends the current wait, and waits no more. */
  switchOff(): void {
    this.#isOn = false
    this.#endWait()
  }

  #update(): void {
    const nowMs = this.#time.now()
    const added = (nowMs - this.#atMs) * this.#bytesPerMs
    this.#allowedBytes = Math.min(this.#maxBurstBytes, this.#allowedBytes + added)
    this.#atMs = nowMs
  }

  #pause(ms: number): Promise<void> {
    return new Promise((resolve) => {
      const cancelTimer = this.#time.after(Math.ceil(ms), resolve)
      this.#endWait = () => {
        cancelTimer()
        resolve()
      }
    })
  }
}

const realTime: PacerTime = {
  now: () => performance.now(),
  after(delayMs, callback) {
    const timer = setTimeout(callback, delayMs)
    return () => clearTimeout(timer)
  },
}
