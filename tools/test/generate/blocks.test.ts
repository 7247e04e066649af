import { expect, test } from 'vitest'
import { blocksIn, replaceBlock } from '../../generate/blocks.ts'
import { fillReadme } from '../../generate/package-readme.ts'

const readme = `# A

<!-- generated:options -->
old
<!-- /generated -->

<!-- generated:options TlsOptions -->
<!-- /generated -->
`

test('blocks are found with their arguments and replaced one by one', () => {
  const blocks = blocksIn(readme)
  expect(blocks).toEqual([
    { kind: 'options', argument: '' },
    { kind: 'options', argument: 'TlsOptions' },
  ])
  const replaced = replaceBlock(readme, blocks[0], 'new\n')
  expect(replaced).toBe(readme.replace('\nold\n', '\n\nnew\n\n'))
  expect(replaceBlock(replaced, blocks[0], 'new')).toBe(replaced)
})

test('a block that is not closed throws', () => {
  expect(() => blocksIn(readme.replace('<!-- /generated -->', ''))).toThrow(
    '<!-- generated:options --> has no <!-- /generated -->',
  )
})

test('a block that nothing generates throws', async () => {
  const marked = '<!-- generated:oddity -->\n<!-- /generated -->\n'
  await expect(fillReadme(marked, '/package')).rejects.toThrow('nothing generates a block "oddity"')
})
