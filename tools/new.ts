/** Creates a package from a template: `npm run new -- plugin NAME`, `npm run new -- transport NAME`. */
import { parseArgs } from 'node:util'
import { createPackage, isKind, kinds } from './new/create-package.ts'
import { nameProblem, namesOf } from './new/names.ts'
import { workspaceRoot } from './workspace/graph.ts'

const help = `npm run new -- plugin NAME
npm run new -- transport NAME

Creates packages/plugin-NAME or packages/transport-NAME from a template that passes its tests as it is.
NAME has lower case letters, digits and single hyphens, and names the measured system or the protocol: http-cache.
docs/writing-a-plugin.md explains what to replace.`

process.exitCode = await main()

async function main(): Promise<number> {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    strict: false,
    options: { help: { type: 'boolean', short: 'h' } },
  })
  const [kind = '', name = '', ...more] = positionals
  const unknown = Object.keys(values).filter((option) => option !== 'help')
  if (values['help'] === true) return print(help)
  if (unknown.length > 0) return refuse(`unknown option --${unknown[0]}`)
  if (!isKind(kind)) return refuse(`what to create was "${kind}", expected ${kinds.join(' or ')}`)
  if (more.length > 0) return refuse(`received more than one name: ${[name, ...more].join(', ')}`)
  const problem = nameProblem(kind, name)
  if (problem !== undefined) return refuse(problem)
  try {
    const { folder } = await createPackage({ root: workspaceRoot, kind, names: namesOf(name) })
    return print(nextSteps(kind, folder))
  } catch (thrown) {
    console.error((thrown as Error).message)
    return 1
  }
}

function nextSteps(kind: 'plugin' | 'transport', folder: string): string {
  const replace =
    kind === 'plugin'
      ? 'src/process/ (what it attaches to), src/metrics.ts, src/source.ts, src/report.ts, src/recorder.ts'
      : 'src/encode/ (the wire format) and src/send/ (how it is sent)'
  return `Created ${folder}, with its reference in tsconfig.json. It passes its tests as it is. Next:

  npm install                    links it into the workspace
  npm run build
  npx vitest run ${folder}
  npm run generate               adds it to the map in README.md; after each change of options and metrics, too

Then replace ${replace}.
docs/writing-a-plugin.md explains each of them.`
}

function print(text: string): number {
  console.log(text)
  return 0
}

function refuse(problem: string): number {
  console.error(`${problem}; \`npm run new -- --help\` shows how`)
  return 2
}
