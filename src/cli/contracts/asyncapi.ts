import { type Command, Option } from 'commander'
import { assertEnvironment } from '../../core/environment.ts'
import { InvalidConfiguration, InvalidDefinition } from '../../core/errors/input.ts'
import type { Contract } from '../../messaging/contracts/define-contract.ts'
import { loadExports } from '../../open/definitions/load-exports.ts'
import { explain } from '../support/help.ts'
import { writeText } from '../support/output.ts'
import { withConsole } from '../support/session.ts'

type Options = {
  readonly action: 'send' | 'receive'
  readonly environment?: string
  readonly title?: string
  readonly apiVersion?: string
}

const notes = `
The document describes an application that sends the calls, or with --action receive one that handles them. Payloads are
the parameters as they are stored; x-personal names those about a person. The schemas need ~standard.jsonSchema, which
zod 4 and arktype have.`

/** `tidemark contracts asyncapi`: prints the AsyncAPI 3 document of contracts. */
export const addContractsAsyncApi = (group: Command): Command =>
  explain(
    group.command('asyncapi').argument('<file>', 'file or folder whose modules export the contracts'),
    [
      'contracts asyncapi ./shipment.ts > asyncapi.json',
      'contracts asyncapi ./contracts --action receive --environment prod',
    ],
    notes,
  )
    .description('Prints the AsyncAPI 3 document of contracts.')
    .addOption(
      new Option('--action <action>', 'what the application does').choices(['send', 'receive']).default('send'),
    )
    .addOption(new Option('--environment <name>', 'in front of the addresses').env('TIDEMARK_ENVIRONMENT'))
    .option('--title <text>', 'title of the document (default: the uris)')
    .option('--api-version <version>', 'version of the document (default: 1.0.0)')
    .action((path: string, { action, environment, title, apiVersion }: Options) =>
      withConsole(true, async ({ out }) => {
        if (environment) assertEnvironment(environment, '--environment')
        const contracts = await loadContracts(path)
        const { toAsyncApi } = await import('../../messaging/contracts/asyncapi/to-asyncapi.ts')
        const document = await toAsyncApi(contracts, {
          action,
          ...(environment && { environment }),
          ...(title !== undefined && { title }),
          ...(apiVersion !== undefined && { version: apiVersion }),
        })
        await writeText(out, JSON.stringify(document, null, 2))
      }),
    )

async function loadContracts(path: string): Promise<readonly Contract[]> {
  const found = new Map<string, Contract>()
  for (const { value: contract, file } of await loadExports(path, '<file>', isContract)) {
    const { uri } = contract
    if ((found.get(uri) ?? contract) !== contract)
      throw new InvalidDefinition(`${file}: there is another contract ${uri}`)
    found.set(uri, contract)
  }
  if (found.size === 0) throw new InvalidConfiguration('<file>', `${path} exports no contract`)
  return [...found.values()]
}

function isContract(value: unknown): value is Contract {
  const { uri, operations, events, streamOf } = (value ?? {}) as Partial<Contract>
  return (
    typeof uri === 'string' &&
    typeof operations === 'object' &&
    typeof events === 'object' &&
    typeof streamOf === 'function'
  )
}
