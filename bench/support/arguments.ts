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
  const only = values.only?.split(',').map((id) => id.trim())
  const unknown = only?.filter((id) => !known.includes(id)) ?? []
  if (unknown.length > 0) throw new Error(`No measure is called ${unknown.join(', ')}: there are ${known.join(', ')}`)
  return { quick: values.quick, help: values.help, json: values.json, only }
}

/** The text of `--help`. */
export const usage = (measures: readonly { readonly id: string; readonly title: string }[]): string =>
  `npm run bench [-- OPTIONS]

Measures Tidemark against hand-written node:sqlite and against emmett-sqlite, which the first run installs into
bench/peers. Both sides of a ratio are measured in turns, 7 times; a row that misses its aim is measured once
more. It ends with 0 whenever every measure ran, whether or not the aims were reached.

  --quick       fewer and smaller repetitions; ends within three minutes
  --only A,B    only these measures
  --json FILE   also write {figures: [{id, value, unit, aim, ok}]}
  --help        this

Measures:
${measures.map(({ id, title }) => `  ${id.padEnd(20)}${title}`).join('\n')}`
