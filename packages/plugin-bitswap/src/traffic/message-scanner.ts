import { TrafficTally, type TrafficTotals } from './totals.js'

/** Hears of each whole message, and at which byte of the stream it ended. */
export type OnMessage = (parts: TrafficTotals, endsAt: number) => void

/** What the next number is. */
type Expected = 'message length' | 'tag' | 'value' | 'length'

/** The message types that are looked into. */
type Level = 'message' | 'wantlist' | 'entry' | 'block' | 'presence'

/** The fields that hold another message, by number. */
const inner: Readonly<Record<Level, Readonly<Record<number, Level>>>> = {
  message: { 1: 'wantlist', 3: 'block', 4: 'presence' },
  wantlist: { 1: 'entry' },
  entry: {},
  block: {},
  presence: {},
}

const CANCEL_FIELD = 3
const TYPE_FIELD = 2
const DATA_FIELD = 2
const HAVE = 0
const DONT_HAVE = 1

/** Wire types of Protocol Buffers. */
const VARINT = 0
const FIXED_64 = 1
const DELIMITED = 2
const FIXED_32 = 5

const MAX_VARINT = 10
const MAX_FIELD = 2 ** 29 - 1

/**
 * Follows a stream of bitswap messages, each with its length before it, and counts what they hold. It reads tags and
 * lengths and passes over the rest: nothing is copied or decoded, and it does not matter where the chunks are cut.
 *
 * Never throws. What is no bitswap message ends the counting, since nobody could tell where the next one begins.
 *
 * Source: https://specs.ipfs.tech/bitswap-protocol/ section "Bitswap 1.2.0"; encoding: Protocol Buffers, proto3.
 */
export class MessageScanner {
  /** Bytes that were fed. */
  at = 0
  isBroken = false
  readonly #onMessage: OnMessage
  #parts = new TrafficTally()
  #expected: Expected = 'message length'
  /** Messages that are open, outermost first, and where they end. */
  readonly #levels: Level[] = []
  readonly #ends: number[] = []
  /** Bytes of no interest that come next. */
  #skip = 0
  // the number that is being read
  #value = 0
  #scale = 1
  #digits = 0
  // the field that is being read, and what is known of the innermost message
  #field = 0
  #type = 0
  #isCancel = false
  #dataBytes = 0

  constructor(onMessage: OnMessage) {
    this.#onMessage = onMessage
  }

  /** Whether the last message has begun and not ended. */
  get isInside(): boolean {
    return this.#levels.length > 0 || this.#digits > 0
  }

  feed(chunk: Uint8Array): void {
    const size = chunk.byteLength
    for (let i = 0; i < size && !this.isBroken;) {
      if (this.#skip > 0) {
        const step = Math.min(this.#skip, size - i)
        i += step
        this.at += step
        this.#skip -= step
        if (this.#skip === 0) this.#closeEnded()
      } else {
        this.at++
        this.#digit(chunk[i++])
      }
    }
  }

  /** One byte of a varint: seven bits, lowest first. */
  #digit(byte: number): void {
    this.#value += (byte & 0x7f) * this.#scale
    this.#digits++
    if (byte < 0x80) {
      const value = this.#value
      this.#value = 0
      this.#scale = 1
      this.#digits = 0
      this.#number(value)
      return
    }
    this.#scale *= 128
    if (this.#digits === MAX_VARINT || this.at >= this.#end()) this.isBroken = true
  }

  #number(value: number): void {
    switch (this.#expected) {
      case 'message length':
        this.#open('message', value)
        break
      case 'tag':
        this.#tag(value)
        break
      case 'length':
        this.#delimited(value)
        break
      case 'value':
        this.#number32(value)
        break
    }
    if (this.#skip === 0) this.#closeEnded()
  }

  #tag(tag: number): void {
    const wireType = tag % 8
    this.#field = (tag - wireType) / 8
    if (this.#field < 1 || this.#field > MAX_FIELD) this.isBroken = true
    else if (wireType === VARINT) this.#expected = 'value'
    else if (wireType === DELIMITED) this.#expected = 'length'
    else if (wireType === FIXED_32) this.#pass(4)
    else if (wireType === FIXED_64) this.#pass(8)
    else this.isBroken = true
    // a field that has a tag and nothing more
    if (this.#expected !== 'tag' && this.at >= this.#end()) this.isBroken = true
  }

  #number32(value: number): void {
    this.#expected = 'tag'
    const level = this.#levels.at(-1)
    if (level === 'presence' && this.#field === TYPE_FIELD) this.#type = value
    else if (level === 'entry' && this.#field === CANCEL_FIELD) this.#isCancel = value !== 0
  }

  #delimited(length: number): void {
    this.#expected = 'tag'
    const level = this.#levels[this.#levels.length - 1]
    const within = inner[level][this.#field]
    if (within !== undefined) return this.#open(within, length)
    if (level === 'block' && this.#field === DATA_FIELD) this.#dataBytes = length
    this.#pass(length)
  }

  #pass(bytes: number): void {
    if (this.at + bytes > this.#end()) this.isBroken = true
    else this.#skip = bytes
  }

  #open(level: Level, length: number): void {
    const end = this.at + length
    if (end > this.#end()) {
      this.isBroken = true
      return
    }
    this.#levels.push(level)
    this.#ends.push(end)
    this.#expected = 'tag'
    this.#type = HAVE
    this.#isCancel = false
    this.#dataBytes = 0
  }

  #closeEnded(): void {
    while (this.#expected === 'tag' && this.#digits === 0 && this.at === this.#end() && !this.isBroken) {
      this.#ends.pop()
      this.#count(this.#levels.pop()!)
    }
  }

  #count(level: Level): void {
    const parts = this.#parts
    if (level === 'block') {
      parts.blocks++
      parts.bytes += this.#dataBytes
    } else if (level === 'presence') {
      if (this.#type === HAVE) parts.have++
      else if (this.#type === DONT_HAVE) parts.dontHave++
    } else if (level === 'entry') {
      if (this.#isCancel) parts.cancels++
      else parts.wants++
    } else if (level === 'message') {
      this.#expected = 'message length'
      parts.messages = 1
      this.#parts = new TrafficTally()
      this.#onMessage(parts, this.at)
    }
  }

  /** Where the innermost message ends. */
  #end(): number {
    return this.#ends.length === 0 ? Infinity : this.#ends[this.#ends.length - 1]
  }
}
