/** As much of semantic versioning as this repository needs: exact versions without tags, `*` and caret ranges. */

type Version = readonly [major: number, minor: number, patch: number]

/** Negative when the first is older, 0 when they are equal. A pre-release counts as its release. */
export function compareVersions(left: string, right: string): number {
  const [a, b] = [parse(left), parse(right)]
  return a[0] - b[0] || a[1] - b[1] || a[2] - b[2]
}

export function majorOf(version: string): number {
  return parse(version)[0]
}

/** Whether a version is in a range: `*`, an exact version, or carets joined with `||`. */
export function isInRange(version: string, range: string): boolean {
  return range.split('||').some((part) => isInPart(parse(version), part.trim()))
}

function isInPart(version: Version, part: string): boolean {
  if (part === '*') return true
  const base = parse(part.replace(/^\^/, ''))
  if (!part.startsWith('^')) return version.every((number, i) => number === base[i])
  // a caret keeps the first number that is not 0
  const kept = base.findIndex((number) => number > 0)
  const isSame = version.slice(0, kept < 0 ? 3 : kept + 1).every((number, i) => number === base[i])
  return isSame && compareVersions(version.join('.'), base.join('.')) >= 0
}

function parse(text: string): Version {
  const found = /^(\d+)\.(\d+)\.(\d+)(?:[-+].*)?$/.exec(text)
  if (found === null)
    throw new Error(`${JSON.stringify(text)} is not a version, expected three numbers with dots`)
  return [Number(found[1]), Number(found[2]), Number(found[3])]
}
