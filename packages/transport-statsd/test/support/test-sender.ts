import type { ChunkForm, Sender, Sending } from '../../src/send/sender.js'

export interface TestSender extends Sender {
  /** Every chunk that was handed over, with what became of it. */
  readonly chunks: { readonly text: string; readonly outcome: Sending['outcome'] }[]
  /** Lines of the chunks that counted as sent since the last call. */
  takeSent(): string[]
  /** What becomes of the next chunks. */
  answer: (index: number) => Sending | Promise<Sending>
  closed: number
}

/** A sender whose faults are made at will, for those that no real receiver makes when it is asked to. */
export function createTestSender(form: Partial<ChunkForm> = {}): TestSender {
  const chunks: TestSender['chunks'] = []
  const sent: string[] = []
  return {
    form: { maxBytes: 1_432, lastLineBreak: 'left out', ...form },
    target: 'test://sender',
    chunks,
    closed: 0,
    answer: () => ({ outcome: 'sent' }),
    takeSent: () => sent.splice(0),
    async send(bytes) {
      const text = Buffer.from(bytes).toString()
      const sending = await this.answer(chunks.length)
      chunks.push({ text, outcome: sending.outcome })
      if (sending.outcome === 'sent') sent.push(...text.split('\n'))
      return sending
    },
    close() {
      this.closed++
    },
  }
}

export const failed: Sending = { outcome: 'failed', error: new Error('made to fail') }
export const doubtful: Sending = { outcome: 'doubtful', error: new Error('made doubtful') }
