import { parseArgs } from 'node:util'

/** What the command line asks for. */
export type Arguments = {
  readonly quick: boolean
  readonly help: boolean
  readonly json: string | undefined
  /** The ids of the measures to run; undefined for all. */
  readonly only: readonly string[] | undefined
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
    },
  })
  const names = values.only?.split(',').map((name) => name.trim())
  const unknown = names?.filter((name) => !known.some((id) => isNamed(id, name))) ?? []
  if (unknown.length > 0) throw new Error(`No measure is called ${unknown.join(', ')}: there are ${known.join(', ')}`)
  const only = names && known.filter((id) => names.some((name) => isNamed(id, name)))
  return { quick: values.quick, help: values.help, json: values.json, only }
}

// `cosmos` stands for all that begin with it.
const isNamed = (id: string, name: string): boolean => id === name || id.startsWith(`${name}-`)

/** The text of `--help`. */
export const usage = (measures: readonly { readonly id: string; readonly title: string }[]): string =>
  `npm run bench [-- OPTIONS]

Measures Tidemark against hand-written node:sqlite, the bare driver of MongoDB, and the event stores of emmett, which
the first run installs into bench/peers. Both sides of a ratio are measured in turns, 7 times; a row that misses its aim
is measured once more. It ends with 0 whenever every measure ran, whether or not the aims were reached.

What runs on MongoDB takes the replica set that MONGODB_URI names, in databases of its own, which are removed again; or
else starts a mongod: the program that MONGOMS_SYSTEM_BINARY names, or one that it downloads.

What Azure Cosmos DB costs is counted on our own emulator. With COSMOS_ENDPOINT and COSMOS_KEY it is counted on that
account, live or of Microsoft's emulator, in databases of its own, which are removed again.

  --quick       fewer and smaller repetitions; ends within four minutes
  --only A,B    only these measures; a name's beginning, such as cosmos, stands for all of them
  --json FILE   also write {figures: [{id, value, unit, aim, ok}]}
  --help        this

Measures:
${measures.map(({ id, title }) => `  ${id.padEnd(20)}${title}`).join('\n')}`
