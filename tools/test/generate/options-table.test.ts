import { fileURLToPath } from 'node:url'
import { describe, expect, test } from 'vitest'
import { optionsTable } from '../../generate/options-table.ts'

const folder = fileURLToPath(new URL('./fixture/package', import.meta.url))

/** The cells of a table's rows, without its head. */
function rowsOf(table: string): string[][] {
  const [, , ...lines] = table.split('\n')
  return lines.map((line) => line.slice(2, -2).split(' | '))
}

describe('the options table', () => {
  test('has a row for each option of parseOptions, its own first, with defaults, units and choices', () => {
    expect(rowsOf(optionsTable({ folder }))).toEqual([
      ['`name`', 'string', '`fix.ture`, as in the folder', '', 'The name.'],
      ['`interval`', 'number', '10,000', 'ticks', 'Time between passes. 0: only when it is asked.'],
      ['`timeoutMs`', 'number', '5,000, a', 'milliseconds', 'How long. b.'],
      ['`style`', '`a`, `b\\|c`, `none`', '`a`; for TCP `b\\|c`', '', 'The style.'],
      ['`tls.cert`', 'string', 'required', '', 'The certificate; see `web.config.yml`.'],
      ['`tls.minVersion`', '`TLS12`, `TLS13`', '`TLS12`', '', ''],
      ['`limits.maxHeaderBytes`', 'number', '16,384', 'bytes', 'The most bytes of a request.'],
      ['`filter`', 'function', 'none', '', 'Which of `TlsOptions`.'],
      ['`pick`', 'function', 'none', '', 'Picks one.'],
      ['`labels`', '`Record<string, (string \\| Other)[]>`', 'none', '', 'Labels.'],
      ['`long`', '`{ a: string } \\| { b: string; c?: () => void }`', 'none', '', 'Long.'],
      ['`url`', 'string', 'required', '', 'The address.'],
      ['`family`', '`0`, `4`, `6`', '0', '', 'The address family.'],
    ])
  })

  test('leaves to another table what the README shows there', () => {
    const rows = rowsOf(optionsTable({ folder, elsewhere: new Set(['Limits', 'FixtureOptions']) }))
    expect(rows).toContainEqual(['`limits`', '`Partial<Limits>`', 'none', '', 'Limits.'])
    expect(rows.map(([path]) => path)).toContain('`tls.cert`')
  })

  test('has the options of every type of a union, none of them required unless all have it', () => {
    expect(rowsOf(optionsTable({ folder, name: 'EitherOptions' }))).toEqual([
      ['`one`', 'string', 'none', '', 'One.'],
      ['`two`', 'string', 'none', '', 'Two.'],
      ['`both`', 'number', '1', '', 'Both.'],
    ])
  })

  test('throws where something is missing, with the file', () => {
    expect(() => optionsTable({ folder, name: 'Undocumented' })).toThrow(
      /styles\.ts: the option none has no docstring$/,
    )
    expect(() => optionsTable({ folder, elsewhere: new Set(['TlsOptions']) })).toThrow(
      /src.options\.ts: the option tls has no docstring$/,
    )
    expect(() => optionsTable({ folder, name: 'Nowhere' })).toThrow(
      /expected one declaration of Nowhere, found 0$/,
    )
  })
})
