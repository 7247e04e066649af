/** The code blocks of Markdown files. */

export interface CodeBlock {
  /** `ts`, `json`, `text`, … */
  readonly language: string
  /** The file that the block is, as in ```` ```ts src/metrics.ts ````; empty when it has no name. */
  readonly file: string
  readonly code: string
}

/** All blocks, in order. */
export function codeBlocks(markdown: string): CodeBlock[] {
  const found = markdown.matchAll(/^```(\w*)(?: (\S+))?\n([^]*?)^```$/gm)
  return [...found].map(([, language, file = '', code]) => ({ language, file, code }))
}
