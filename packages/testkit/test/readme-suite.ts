import { definePlugin } from '@tidegauge/core'
import { testPlugin } from '@tidegauge/testkit'

testPlugin({
  name: 'ticks',
  create: () => definePlugin({ name: 'ticks', version: '1.0.0', apiLevel: 1, instruments: {} }),
})
