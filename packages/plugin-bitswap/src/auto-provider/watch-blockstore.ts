import {
  observeCall,
  observeGenerator,
  safeGet,
  safeGetMethod,
  UndoList,
  wrapMethod,
  type Undo,
} from '@tidegauge/attach'

/** A blockstore, such as `helia.blockstore`. */
export interface BlockstoreLike {
  put(...args: never[]): unknown
  putMany?(...args: never[]): unknown
}

/** Calls `onStored`, which must not throw, with the CID of each block that was stored. Returns what ends that. */
export function watchBlockstore(blockstore: BlockstoreLike, onStored: (cid: unknown) => void): Undo {
  const undo = new UndoList()
  undo.add(
    wrapMethod(blockstore, 'put', (call, [cid]) =>
      observeCall(call, { returned: () => onStored(cid), failed() {} }),
    ),
  )
  if (safeGetMethod(blockstore, 'putMany') !== undefined)
    undo.add(
      wrapMethod(blockstore, 'putMany', (call) => {
        const stored = call()
        observeGenerator(stored, {
          requested() {},
          // blockstores yield the CID, or a pair with it
          yielded: (one) => onStored(safeGet(one, 'cid') ?? one),
          ended() {},
        })
        return stored
      }),
    )
  return () => undo.run()
}
