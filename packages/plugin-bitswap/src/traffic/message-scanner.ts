import { TrafficCounts, type TrafficTotals } from './counts.js'

/** Called for each complete message with its contents and the stream position of its end, in bytes. */
export type OnMessage = (contents: TrafficTotals, endsAt: number) => void

/** What the next varint is. */
type Expected = 'message length' | 'tag' | 'value' | 'length'

/** The message types that are parsed. */
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
 * Counts the contents of a stream of length-prefixed bitswap messages. It reads tags and lengths and skips the rest:
 * nothing is copied or decoded, and chunks may be cut anywhere.
 *
 * Never throws. Bytes that are not a bitswap message end the counting, since the start of the next one is unknown.
 *
 * Source: https://specs.ipfs.tech/bitswap-protocol/ section "Bitswap 1.2.0"; encoding: Protocol Buffers, proto3.
 */
export class MessageScanner {
  /** Bytes read so far. */
  at = 0
  /** Whether the stream was not a stream of bitswap messages: nothing more is counted. */
  isBroken = false
  readonly #onMessage: OnMessage
  #contents = new TrafficCounts()
  #expected: Expected = 'message length'
  /** The messages that are open, outermost first, and the positions of their ends. */
  readonly #levels: Level[] = []
  readonly #ends: number[] = []
  /** Bytes to skip. */
  #skip = 0
  // the varint that is being read
  #value = 0
  #scale = 1
  #digits = 0
  // the field that is being read, and what the innermost message held so far
  #field = 0
  #type = 0
  #isCancel = false
  #dataBytes = 0

  constructor(onMessage: OnMessage) {
    this.#onMessage = onMessage
  }

  /** Whether the last message is incomplete. */
  get isInside(): boolean {
    return this.#levels.length > 0 || this.#digits > 0
  }

  /** Reads the next bytes of the stream. */
  read(chunk: Uint8Array): void {
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
        this.#readByte(chunk[i++])
      }
    }
  }

  /** One byte of a varint: seven bits, lowest first. */
  #readByte(byte: number): void {
    this.#value += (byte & 0x7f) * this.#scale
    this.#digits++
    if (byte < 0x80) {
      const value = this.#value
      this.#value = 0
      this.#scale = 1
      this.#digits = 0
      this.#readVarint(value)
      return
    }
    this.#scale *= 128
    if (this.#digits === MAX_VARINT || this.at >= this.#end()) this.isBroken = true
  }

  #readVarint(value: number): void {
    switch (this.#expected) {
      case 'message length':
        this.#open('message', value)
        break
      case 'tag':
        this.#readTag(value)
        break
      case 'length':
        this.#readLength(value)
        break
      case 'value':
        this.#readValue(value)
        break
    }
    if (this.#skip === 0) this.#closeEnded()
  }

  #readTag(tag: number): void {
    const wireType = tag % 8
    this.#field = (tag - wireType) / 8
    if (this.#field < 1 || this.#field > MAX_FIELD) this.isBroken = true
    else if (wireType === VARINT) this.#expected = 'value'
    else if (wireType === DELIMITED) this.#expected = 'length'
    else if (wireType === FIXED_32) this.#skipBytes(4)
    else if (wireType === FIXED_64) this.#skipBytes(8)
    else this.isBroken = true
    // the message ends after the tag
    if (this.#expected !== 'tag' && this.at >= this.#end()) this.isBroken = true
  }

  #readValue(value: number): void {
    this.#expected = 'tag'
    const level = this.#levels.at(-1)
    if (level === 'presence' && this.#field === TYPE_FIELD) this.#type = value
    else if (level === 'entry' && this.#field === CANCEL_FIELD) this.#isCancel = value !== 0
  }

  #readLength(length: number): void {
    this.#expected = 'tag'
    const level = this.#levels[this.#levels.length - 1]
    const within = inner[level][this.#field]
    if (within !== undefined) return this.#open(within, length)
    if (level === 'block' && this.#field === DATA_FIELD) this.#dataBytes = length
    this.#skipBytes(length)
  }

  #skipBytes(bytes: number): void {
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
    const contents = this.#contents
    if (level === 'block') {
      contents.blocks++
      contents.bytes += this.#dataBytes
    } else if (level === 'presence') {
      if (this.#type === HAVE) contents.have++
      else if (this.#type === DONT_HAVE) contents.dontHave++
    } else if (level === 'entry') {
      if (this.#isCancel) contents.cancels++
      else contents.wants++
    } else if (level === 'message') {
      this.#expected = 'message length'
      contents.messages = 1
      this.#contents = new TrafficCounts()
      this.#onMessage(contents, this.at)
    }
  }

  /** The position of the innermost message's end. */
  #end(): number {
    return this.#ends.length === 0 ? Infinity : this.#ends[this.#ends.length - 1]
  }
}
