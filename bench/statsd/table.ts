import { figure, ratio, table } from '../report/markdown.ts'
import { measureInProcess, medians } from '../report/processes.ts'

type Values = Record<string, number>

const names = [
  'none',
  'registry',
  'tidegauge',
  'registry, bound',
  'tidegauge, bound',
  'statsd-client',
  'hot-shots',
  'hot-shots, aggregating',
] as const

/** What an increment costs until it was sent, and how much of that is the sending. */
export async function statsdTable(seconds: number, processes: number): Promise<string> {
  const of = new Map<string, Values>()
  const results = new Map<string, Values[]>(names.map((name) => [name, []]))
  for (let round = 0; round < processes; round++)
    for (const name of names) {
      const result = await measureInProcess<Values>('statsd/measure.ts', [name, String(seconds)])
      if (result !== undefined) results.get(name)!.push(result)
    }
  for (const [name, list] of results) if (list.length > 0) of.set(name, medians(list))
  const idle = of.get('none')?.['nanoseconds'] ?? 0
  const net = (name: string) => {
    const found = of.get(name)
    return found && found['nanoseconds'] - idle
  }
  const sending = (name: string) =>
    name.startsWith('tidegauge') ? net(name)! - net(name.replace('tidegauge', 'registry'))! : net(name)
  const rows = names.map((name) => {
    const found = of.get(name)
    return [
      name,
      figure(found?.['perSecond']),
      figure(net(name)),
      name.startsWith('registry') || name === 'none' ? '–' : figure(sending(name)),
      `${figure((found?.['core'] ?? Number.NaN) * 100)} %`,
      figure(found?.['datagrams']),
      isPeer(name) ? ratio(net(name), net('tidegauge')) : '',
      isPeer(name) ? ratio(net(name), net('tidegauge, bound')) : '',
    ]
  })
  return table(
    [
      '',
      'increments/s',
      'ns CPU per increment',
      'of that sending',
      'core',
      'datagrams',
      'cost relative to ours',
      'relative to ours, bound',
    ],
    rows,
  )
}

function isPeer(name: string): boolean {
  return name.startsWith('hot') || name.startsWith('statsd')
}
