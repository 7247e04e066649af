import { testPlugin } from '@tidegauge/testkit'
import { mySystem } from '../src/index.js'

// the cases that every plugin passes, on the real system: `openSource` and `closeSource` open and close it
testPlugin({
  name: 'my-system',
  create: () => mySystem(),
  present: ['my_system_cpu_seconds_total', 'my_system_memory_bytes'],
})
