/** How many inputs a property test tries: twenty times as many under `npm run test:long`. */
export function runs(count: number): number {
  return process.env['TIDEGAUGE_LONG'] === '1' ? count * 20 : count
}
