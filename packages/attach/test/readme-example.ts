import { observeCall, UndoList, wrapMethod } from '@tidegauge/attach'

// an object of a library, which the plugin does not own
const client = {
  get: async (path: string) => (path === '/ok' ? 200 : Promise.reject(new TypeError('no such path'))),
}

const counts = { success: 0, failure: 0 }
const undo = new UndoList()
undo.add(
  wrapMethod(client, 'get', (call) =>
    observeCall(call, { returned: () => counts.success++, failed: () => counts.failure++ }),
  ),
)
console.log(await client.get('/ok'), counts)
await client.get('/gone').catch((error) => console.log(String(error), counts))
undo.run() // the client is as it was
await client.get('/ok')
console.log(counts)
