/** The bucket that a value falls into; bounds are inclusive at the top. */
export function bucketOf(bounds: readonly number[], value: number): number {
  const count = bounds.length
  if (count <= 16) {
    let i = 0
    while (i < count && value > bounds[i]) i++
    return i
  }
  let low = 0
  let high = count
  while (low < high) {
    const middle = (low + high) >>> 1
    if (value > bounds[middle]) low = middle + 1
    else high = middle
  }
  return low
}
