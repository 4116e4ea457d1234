import { parseArgs } from 'node:util'
import { assertChoices, BUSES, type Choices, STORAGES } from './choices.ts'
import { UsageError } from './usage-error.ts'

export const HELP = `Creates a service on Tidemark in a new folder.

Usage: npm create tidemark@latest [folder] -- [options]

  --uri <uri>          the contract with other services, such as shop.cart (<folder>.cart)
  --group <name>       the group that handles its calls (transit)
  --bus <name>         what the calls are published to: ${BUSES.join(', ')} (none)
  --storage <name>     where events are stored: ${STORAGES.join(', ')} (embedded)
  --overwrite          use a folder that has files: the template's own are replaced, others are left as they are
  --no-interactive     ask nothing; without a terminal, nothing is asked anyway
  --no-install         do not run npm install
  --help, --version

What is not said is asked on a terminal, and is the default elsewhere. Exits with 2, and has written nothing, if
something that was said is wrong.`

/** What the command line says. */
export type Arguments = {
  /** The folder, as it was written. */
  readonly target: string | undefined
  readonly chosen: Partial<Choices>
  readonly overwrite: boolean
  readonly interactive: boolean
  readonly install: boolean
  readonly show: 'help' | 'version' | undefined
}

/** @throws UsageError */
export function readArguments(args: readonly string[]): Arguments {
  const { values, positionals } = parse(args)
  const { uri, group, bus, storage, help, version, overwrite = false } = values
  if (positionals.length > 1) throw new UsageError(`one folder, not ${positionals.length}: ${positionals.join(', ')}`)
  const chosen: Partial<Record<keyof Choices, string>> = {
    ...(uri !== undefined && { uri }),
    ...(group !== undefined && { group }),
    ...(bus !== undefined && { bus }),
    ...(storage !== undefined && { storage }),
  }
  assertChoices(chosen)
  return {
    target: positionals[0],
    chosen,
    overwrite,
    interactive: !values['no-interactive'],
    install: !values['no-install'],
    show: help ? 'help' : version ? 'version' : undefined,
  }
}

function parse(args: readonly string[]) {
  const text = { type: 'string' } as const
  const flag = { type: 'boolean' } as const
  try {
    return parseArgs({
      args: [...args],
      allowPositionals: true,
      options: {
        uri: text,
        group: text,
        bus: text,
        storage: text,
        overwrite: flag,
        'no-interactive': flag,
        'no-install': flag,
        help: { ...flag, short: 'h' },
        version: { ...flag, short: 'v' },
      },
    })
  } catch (error) {
    throw new UsageError((error as Error).message)
  }
}
