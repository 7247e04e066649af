const MAX_PLAIN = 1e21
const MIN_PLAIN = 1e-6

/**
 * A finite number as a decimal without an exponent, the shortest that reads back as the same number.
 *
 * Most receivers read exponents, some integer-minded ones don't; nobody minds plain digits.
 */
export function plainDecimal(value: number): string {
  const text = String(value)
  const magnitude = Math.abs(value)
  if (magnitude === 0) return '0'
  if (magnitude < MAX_PLAIN && magnitude >= MIN_PLAIN) return text
  const sign = value < 0 ? '-' : ''
  const [mantissa, exponent] = String(magnitude).split('e')
  const [whole, fraction = ''] = mantissa.split('.')
  const digits = whole + fraction
  const point = whole.length + Number(exponent)
  if (point <= 0) return `${sign}0.${'0'.repeat(-point)}${digits}`
  return sign + digits.padEnd(point, '0')
}
