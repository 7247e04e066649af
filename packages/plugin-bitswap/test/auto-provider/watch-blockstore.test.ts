import { expect, it } from 'vitest'
import { watchBlockstore } from '../../src/auto-provider/watch-blockstore.js'

/** A blockstore that yields what `putMany` stored in some form. */
function blockstoreOf(form: (cid: string) => unknown) {
  return {
    async put(cid: string): Promise<string> {
      if (cid === 'bad') throw new Error('the disk is full')
      return cid
    },
    async *putMany(pairs: readonly { readonly cid: string }[]) {
      for (const { cid } of pairs) {
        if (cid === 'bad') throw new Error('the disk is full')
        yield form(cid)
      }
    },
  }
}

it.each<[string, (cid: string) => unknown]>([
  ['CIDs', (cid) => cid],
  ['pairs', (cid) => ({ cid, bytes: new Uint8Array(1) })],
])(
  'sees each block that was stored, also through putMany that yields %s, until it is ended',
  async (_, form) => {
    const blockstore = blockstoreOf(form)
    const { put, putMany } = blockstore
    const stored: unknown[] = []
    const end = watchBlockstore(blockstore, (cid) => stored.push(cid))
    expect(await blockstore.put('a')).toBe('a')
    const yielded: unknown[] = []
    for await (const one of blockstore.putMany([{ cid: 'b' }, { cid: 'c' }])) yielded.push(one)
    expect(yielded).toEqual([form('b'), form('c')])
    expect(stored).toEqual(['a', 'b', 'c'])
    end()
    expect([blockstore.put, blockstore.putMany]).toEqual([put, putMany])
    await blockstore.put('d')
    expect(stored).toHaveLength(3)
  },
)

it('does not see a block that could not be stored, and passes the error on', async () => {
  const blockstore = blockstoreOf((cid) => cid)
  const stored: unknown[] = []
  watchBlockstore(blockstore, (cid) => stored.push(cid))
  await expect(blockstore.put('bad')).rejects.toThrow('the disk is full')
  const many = blockstore.putMany([{ cid: 'a' }, { cid: 'bad' }])
  expect(await many.next()).toMatchObject({ value: 'a' })
  await expect(many.next()).rejects.toThrow('the disk is full')
  expect(stored).toEqual(['a'])
})

it('needs no putMany', async () => {
  const blockstore = { put: (cid: string) => cid }
  const stored: unknown[] = []
  watchBlockstore(blockstore, (cid) => stored.push(cid))
  expect(blockstore.put('a')).toBe('a')
  expect(stored).toEqual(['a'])
})
