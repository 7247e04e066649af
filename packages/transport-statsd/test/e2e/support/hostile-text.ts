import fc from 'fast-check'

/** What an attacker could put into a label: the characters of the formats, complete lines, broken Unicode. */
export const hostileText = fc.oneof(
  { weight: 3, arbitrary: fc.string({ unit: 'binary', maxLength: 12 }) },
  {
    weight: 4,
    arbitrary: fc.string({
      unit: fc.constantFrom(...Array.from(':|@#,=[];\n\r\t .+-_/*0a\u00e9\u{1f4a7}')),
      maxLength: 12,
    }),
  },
  {
    weight: 2,
    arbitrary: fc.string({ unit: fc.constantFrom(...Array.from('abcXYZ019_-./')), maxLength: 12 }),
  },
  {
    weight: 1,
    arbitrary: fc.constantFrom(
      '',
      ' ',
      '1|c\ninjected:1',
      'x|g|#injected:1',
      'x:1|c',
      ']:1|c',
      'x,injected=1',
      'x#injected=1',
      '|@0.001',
      '|c:container',
      '|T1656581409',
      '__proto__',
      'constructor',
      '\u0085',
      '\u2028',
      '\uFEFF',
      '\uD800',
      '\uDC00\uD800',
      '\0',
      'a'.repeat(60),
    ),
  },
)

/** What core accepts in definitions and options. Label values of series may be any text. */
export function wellFormed(text: string): string {
  return text.toWellFormed().replaceAll('\0', '\uFFFD')
}

/** All kinds of numbers that a receiver could misread. */
export const anyNumber = fc.oneof(
  { weight: 3, arbitrary: fc.integer({ min: -1_000_000, max: 1_000_000 }) },
  { weight: 3, arbitrary: fc.double() },
  { weight: 2, arbitrary: fc.double({ min: -100, max: 100, noNaN: true }) },
  {
    weight: 1,
    arbitrary: fc.constantFrom(
      0,
      -0,
      0.1,
      1e21,
      1e-7,
      -1e-7,
      1e300,
      -1e300,
      Number.MIN_VALUE,
      Number.MAX_VALUE,
      Number.MAX_SAFE_INTEGER,
      2 ** 53 + 2,
      2 ** 31,
      2 ** 31 - 1,
      2 ** 32,
      Infinity,
      -Infinity,
    ),
  },
)
