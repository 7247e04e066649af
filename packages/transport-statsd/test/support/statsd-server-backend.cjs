/** A backend of the StatsD server that writes each flush as a line of JSON to the standard output. */
const { writeSync } = require('node:fs')

exports.init = (startedAt, config, events) => {
  let bytes = 0
  events.on('packet', (packet) => (bytes += Buffer.byteLength(packet)))
  events.on('flush', (timestamp, { counters, gauges, timers, timer_counters: timerCounts, sets }) => {
    const members = Object.fromEntries(Object.entries(sets).map(([name, set]) => [name, set.values()]))
    write(`${JSON.stringify({ bytes, counters, gauges, timers, timerCounts, sets: members })}\n`)
  })
  return true
}

/** Writes at once, even while the process exits, and when the pipe is full. */
function write(text) {
  const rest = Buffer.from(text)
  for (let at = 0; at < rest.length;)
    try {
      at += writeSync(1, rest, at)
    } catch (thrown) {
      if (thrown.code !== 'EAGAIN') throw thrown
    }
}
