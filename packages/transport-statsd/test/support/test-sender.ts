import type { ChunkFormat, Sender, SendResult } from '../../src/send/sender.js'

export interface TestSender extends Sender {
  /** Every chunk that was sent, with its outcome. */
  readonly chunks: { readonly text: string; readonly outcome: SendResult['outcome'] }[]
  /** Lines of the chunks with the outcome `sent` since the last call. */
  takeSent(): string[]
  /** The result of the next chunks. */
  answer: (index: number) => SendResult | Promise<SendResult>
  /** How often it was closed. */
  closed: number
}

/** A sender whose results the test chooses. */
export function createTestSender(format: Partial<ChunkFormat> = {}): TestSender {
  const chunks: TestSender['chunks'] = []
  const lines: string[] = []
  return {
    format: { maxBytes: 1_432, lastLineBreak: 'omitted', ...format },
    target: 'test://sender',
    chunks,
    closed: 0,
    answer: () => sent,
    takeSent: () => lines.splice(0),
    async send(bytes) {
      const text = Buffer.from(bytes).toString()
      const result = await this.answer(chunks.length)
      chunks.push({ text, outcome: result.outcome })
      if (result.outcome === 'sent') lines.push(...text.split('\n'))
      return result
    },
    close() {
      this.closed++
    },
  }
}

export const sent: SendResult = { outcome: 'sent' }
export const failed: SendResult = { outcome: 'failed', error: new Error('refused by the test') }
export const doubtful: SendResult = { outcome: 'doubtful', error: new Error('in doubt by the test') }
