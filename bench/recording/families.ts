/** Families of two labels: how a labelled call's cost grows with the series, the callers' habits and the labels' lists. */

/** How many values each label has; every combination is a series. */
const sizes = {
  '100 series': [10, 10],
  '10,000 series': [100, 100],
  '100,000 series': [1_000, 100],
} as const

export type FamilySize = keyof typeof sizes

export type FamilyLabels = {
  readonly service: string
  readonly method: string
}

export interface Family {
  readonly size: FamilySize
  readonly services: readonly string[]
  readonly methods: readonly string[]
  /** The labels of every series. */
  readonly labelSets: readonly FamilyLabels[]
  /** The same over and over in an order that has no pattern; its length is a power of two. */
  readonly turns: readonly FamilyLabels[]
}

export const families: readonly Family[] = Object.entries(sizes).map(
  ([size, [serviceCount, methodCount]]) => {
    const services = Array.from({ length: serviceCount }, (_, i) => flat(`service-${i}.example`))
    const methods = Array.from({ length: methodCount }, (_, i) => flat(`/package.Service/Method${i}`))
    const labelSets = services.flatMap((service) => methods.map((method) => ({ service, method })))
    return { size: size as FamilySize, services, methods, labelSets, turns: shuffled(labelSets) }
  },
)

/** A string in one piece, as it comes from a socket or a literal: one that was put together is slower to look up. */
function flat(text: string): string {
  return String(Buffer.from(text))
}

function shuffled<T>(items: readonly T[]): T[] {
  const length = 2 ** Math.max(13, Math.ceil(Math.log2(items.length)))
  const turns = Array.from({ length }, (_, i) => items[i % items.length])
  let state = 1
  for (let i = length - 1; i > 0; i--) {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) | 0
    const j = Math.floor(((state >>> 0) / 2 ** 32) * (i + 1))
    ;[turns[i], turns[j]] = [turns[j], turns[i]]
  }
  return turns
}

/** What is done to a family; "cached" labels are objects made once, "fresh" ones are written out in each call. */
const operations = [
  'counter, open labels, cached',
  'counter, open labels, fresh',
  'counter, closed labels, cached',
  'counter, closed labels, fresh',
  'gauge set, open labels, fresh',
  'histogram, open labels, fresh',
] as const

export type FamilyOperation = (typeof operations)[number]
export type FamilyCase = `${FamilyOperation}, ${FamilySize}`

export const familyCases: readonly FamilyCase[] = families.flatMap(({ size }) =>
  operations.map((operation) => `${operation}, ${size}` as const),
)

/** The labels of call `i`. */
export function cachedLabels({ turns }: Family, i: number): FamilyLabels {
  return turns[i & (turns.length - 1)]
}

/** The same in an object of their own. */
export function freshLabels(family: Family, i: number): FamilyLabels {
  const { service, method } = cachedLabels(family, i)
  return { service, method }
}

/** One contender's calls by case name; what it can't do is left out. */
export type FamilyCalls = Partial<Record<FamilyCase, (i: number) => void>>

/** The calls for every family, made by `create` for one. Every series is there before anything is timed. */
export async function callsOfFamilies(
  create: (family: Family) => Promise<Partial<Record<FamilyOperation, (i: number) => void>>>,
): Promise<FamilyCalls> {
  const calls: FamilyCalls = {}
  for (const family of families)
    for (const [operation, call] of Object.entries(await create(family))) {
      for (let i = 0; i < family.turns.length; i++) call(i)
      calls[`${operation as FamilyOperation}, ${family.size}`] = call
    }
  return calls
}
