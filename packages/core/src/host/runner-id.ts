/** `libp2p`, or `libp2p{node=a}` for an instance with constant labels. */
export function runnerId(name: string, labels: Readonly<Record<string, string>>): string {
  const pairs = Object.entries(labels).map(([label, value]) => `${label}=${quoted(value)}`)
  pairs.sort()
  return pairs.length === 0 ? name : `${name}{${pairs.join(',')}}`
}

/** Quoted where it could be taken for more than one label. */
function quoted(value: string): string {
  return /[,={}"\\]/.test(value) ? JSON.stringify(value) : value
}
