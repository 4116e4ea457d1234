import { parseArgs } from 'node:util'

/** What a run does without unless it is asked for; measures of it have ids that begin so. */
export const EXTRAS = {
  mongo: 'MongoDB: the replica set that MONGODB_URI names, or a mongod that is started',
  cosmos: 'what Azure Cosmos DB costs: our emulator, or the account that COSMOS_ENDPOINT names',
  emmett: 'the event stores of emmett, which are installed into bench/peers first, as a full run does',
} as const

/** One of them. */
export type Extra = keyof typeof EXTRAS

/** What the command line asks for. */
export type Arguments = {
  readonly quick: boolean
  readonly help: boolean
  readonly json: string | undefined
  /** The ids of the measures to run. */
  readonly chosen: readonly string[]
  /** What was asked for by name. */
  readonly asked: ReadonlySet<Extra>
}

/** @throws Error that names what is wrong with the arguments */
export function parseArguments(args: readonly string[], known: readonly string[]): Arguments {
  const { values } = parseArgs({
    args: [...args],
    options: {
      quick: { type: 'boolean', default: false },
      help: { type: 'boolean', short: 'h', default: false },
      json: { type: 'string' },
      only: { type: 'string' },
      with: { type: 'string' },
    },
  })
  const { quick, help, json } = values
  const asked = new Set(namesIn(values.with))
  const extras = Object.keys(EXTRAS)
  const foreign = [...asked].filter((name) => !extras.includes(name))
  if (foreign.length > 0) throw new Error(`--with takes ${extras.join(', ')}, not ${foreign.join(', ')}`)
  const names = namesIn(values.only)
  const unknown = names.filter((name) => !known.some((id) => isNamed(id, name)))
  if (unknown.length > 0) throw new Error(`No measure is called ${unknown.join(', ')}: there are ${known.join(', ')}`)
  const isChosen = (id: string) =>
    names.length > 0 ? names.some((name) => isNamed(id, name)) : extras.every((of) => asked.has(of) || !isNamed(id, of))
  return { quick, help, json, chosen: known.filter(isChosen), asked: asked as Set<Extra> }
}

const namesIn = (list = ''): string[] =>
  list
    .split(',')
    .map((name) => name.trim())
    .filter((name) => name !== '')

// `cosmos` stands for all that begin with it.
const isNamed = (id: string, name: string): boolean => id === name || id.startsWith(`${name}-`)

/** The text of `--help`. */
export const usage = (measures: readonly { readonly id: string; readonly title: string }[]): string =>
  `npm run bench [-- OPTIONS]

Measures Tidemark against the raw engine below it (hand-written node:sqlite, the bare driver of MongoDB), and against the
event stores of emmett, where they are installed. Both sides of a ratio are measured in turns, up to 7 times; each row
says which durability its peer gives. A row that misses its aim is measured once more. It ends with 0 whenever every
measure ran, whether or not the aims were reached.

  --quick       smaller and fewer repetitions, each row measured once; ends within three minutes, installs nothing, and
                does without a server that is not there
  --only A,B    only these measures; a name's beginning, such as scale, stands for all of them
  --with A,B    also what runs on request alone:
${Object.entries(EXTRAS)
  .map(([name, what]) => `                ${name.padEnd(8)}${what}`)
  .join('\n')}
  --json FILE   also write {figures: [{id, value, unit, aim, ok, peer}]}
  --help        this

mongod is the program that MONGOMS_SYSTEM_BINARY names, or one that is downloaded. On a server or an account of yours,
databases of the run's own are made, and removed again.

Measures:
${measures.map(({ id, title }) => `  ${id.padEnd(24)}${title}`).join('\n')}`
