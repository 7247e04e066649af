import { expect, it } from 'vitest'
import { statsd } from '../../src/index.js'

it.each([
  ['udp://[::1]:8125', 'udp://[::1]:8125'],
  ['tcp://[2001:db8::7]:9125', 'tcp://[2001:db8::7]:9125'],
  ['udp://127.0.0.1', 'udp://127.0.0.1:8125'],
  ['tcp://statsd.example:1', 'tcp://statsd.example:1'],
  ['unix:///run/statsd.sock', 'unix:///run/statsd.sock'],
])(
  '#10/42: describe() shows the target %s as a URL that can be used: an IPv6 address has brackets',
  (url, target) => {
    expect(statsd({ url }).describe!()).toMatchObject({ target })
    expect(() => statsd({ url: target })).not.toThrow()
  },
)
