const MAX_PLAIN = 1e21
const MIN_PLAIN = 1e-6

/**
 * A finite number as the shortest decimal that reads back as the same number, without an exponent: some receivers
 * do not read exponents.
 */
export function plainDecimal(value: number): string {
  const text = String(value)
  const magnitude = Math.abs(value)
  if (magnitude === 0) return '0'
  if (magnitude < MAX_PLAIN && magnitude >= MIN_PLAIN) return text
  const sign = value < 0 ? '-' : ''
  const [mantissa, exponent] = String(magnitude).split('e')
  const [integer, fraction = ''] = mantissa.split('.')
  const digits = integer + fraction
  const point = integer.length + Number(exponent)
  if (point <= 0) return `${sign}0.${'0'.repeat(-point)}${digits}`
  return sign + digits.padEnd(point, '0')
}
