import { describe, expect, test } from 'vitest'
import { codeOf } from '../../words/code-parts.ts'
import { findReplaced } from '../../words/find-replaced.ts'
import { identifiers, identifierWords, prefixes } from '../../words/replaced.ts'

const oldName = 'isTold'
const oldConstant = 'MOST_KEYS'
const oldClass = 'Notices'
// not in one piece: the check finds phrases in texts, too
const phrase = ['is', 'no', 'function'].join(' ')

describe('the check of replaced words', () => {
  test('finds an identifier, a word in an identifier, and a beginning, with what to write', () => {
    expect(
      findReplaced('src/a.ts', `const ${oldName} = 1\nconst ${oldConstant} = new ${oldClass}()\n`),
    ).toEqual([
      `src/a.ts:1: ${oldName}: for "told" write logged, reported or set`,
      `src/a.ts:2: ${oldConstant}: write MAX_ for MOST_`,
      `src/a.ts:2: ${oldClass} is now LogOnce`,
    ])
  })

  test('leaves the same words alone in comments, texts and regular expressions', () => {
    const source = [
      `// ${oldName}`,
      `/* ${oldName} */`,
      `const a = '${oldName}' + "${oldName}" + \`${oldName}\``,
      `const b = /${oldName}['"]/.test(a) // ${oldName}`,
      'const c = 4 / 2 / 1',
    ].join('\n')
    expect(findReplaced('a.ts', source)).toEqual([])
  })

  test('reads the expressions in templates', () => {
    expect(findReplaced('a.ts', `\`${oldName} \${ { a: ${oldName} } } ${oldName}\``)).toHaveLength(1)
  })

  test('reads the code in Markdown, and nothing between it', () => {
    const page = `The host ${oldName} it.\n\nCall \`${oldName}()\`.\n\n\`\`\`ts\n${oldName}()\n\`\`\`\n\n\`\`\`text\n${oldName}\n\`\`\`\n`
    expect(findReplaced('a.md', page).map((issue) => issue.split(': ')[0])).toEqual(['a.md:3', 'a.md:6'])
  })

  test('finds a phrase in every text', () => {
    expect(findReplaced('a.ts', `throw new Error('this ${phrase}')`)).toEqual([
      `a.ts:1: "${phrase}" is written "is not a function"`,
    ])
    expect(findReplaced('a.md', `This ${phrase}.`)).toHaveLength(1)
    expect(findReplaced('a.md', `Where there ${phrase}.`)).toEqual([])
  })

  test('reads the names of files', () => {
    expect(findReplaced('test/known-faults.test.ts', '')).toHaveLength(1)
    expect(findReplaced('test/defaults.test.ts', '')).toEqual([])
  })

  test('takes a word for a part of an identifier only where it is one', () => {
    expect(findReplaced('a.ts', 'default, defaults, allSettled, untold, bookmark, configure')).toEqual([])
    expect(findReplaced('a.ts', 'one.trySettle()')).toHaveLength(1)
  })

  test('has something to write for each word', () => {
    for (const [old, better] of Object.entries({ ...identifiers, ...identifierWords, ...prefixes }))
      expect(better, old).not.toBe('')
  })
})

test('code keeps its lines when comments and texts are blanked out', () => {
  const source = "a /* 1\n2 */ b 'c\\'d' // e\nf"
  expect(codeOf(source)).toBe(`a${' '.repeat(5)}\n${' '.repeat(4)} b${' '.repeat(12)}\nf`)
})
