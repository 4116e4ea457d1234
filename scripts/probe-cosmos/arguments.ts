import { parseArgs } from 'node:util'
import type { CosmosClientOptions } from '@azure/cosmos'
import { EMULATOR_KEY } from '../../src/cosmos-emulator/index.ts'
import { findCredentials } from '../../src/open/cosmos/credentials.ts'
import { parseEmulatorUrl } from '../../src/open/cosmos/parse-url.ts'
import { isLoopback } from '../../src/process/loopback.ts'
import type { Question } from './probe.ts'

export const HELP = `Asks an account of Azure Cosmos DB, or an emulator, whether it does what Tidemark assumes of the service, and prints
what it found next to that. It makes one database, and removes it again.

npm run probe:cosmos -- [url] [options]

  url                     the account, such as https://account.documents.azure.com, or cosmos-emulator://127.0.0.1:8081;
                          default: COSMOS_ENDPOINT
  --events <count>        events beside which costs are measured (50000)
  --database <name>       the database that is made and removed (tidemark-probe)
  --most-units <count>    request units after which it ends (1000000)
  --most-minutes <count>  minutes after which it ends (45)
  --only <text>           only questions whose name contains this
  --help

The key is in COSMOS_KEY, or in the file that COSMOS_KEY_FILE names; without, DefaultAzureCredential signs in, which may
make no database. Status: 0 all is as assumed; 1 something is not, or could not be asked; 2 it could not begin, or not
remove the database; 130 or 143 it was stopped, and removed what it had made.`

/** What the probe was asked for. */
export type Arguments = {
  readonly client: CosmosClientOptions
  readonly database: string
  readonly size: number
  readonly mostUnits: number
  readonly mostMinutes: number
  readonly questions: readonly Question[]
}

type Environment = Readonly<Record<string, string | undefined>>

/**
 * Reads the arguments of the command line, and the environment.
 *
 * @param known all questions
 * @returns undefined when help is asked for
 * @throws Error naming the argument or the variable that cannot be used
 */
export async function readArguments(
  args: readonly string[],
  environment: Environment,
  known: readonly Question[],
): Promise<Arguments | undefined> {
  const { values, positionals } = parseArgs({
    args: [...args],
    allowPositionals: true,
    options: {
      events: { type: 'string', default: '50000' },
      database: { type: 'string', default: 'tidemark-probe' },
      'most-units': { type: 'string', default: '1000000' },
      'most-minutes': { type: 'string', default: '45' },
      only: { type: 'string' },
      help: { type: 'boolean', default: false },
    },
  })
  if (values.help) return undefined
  const count = (name: 'events' | 'most-units' | 'most-minutes'): number => {
    const number = Number(values[name])
    if (!Number.isSafeInteger(number) || number < 1) throw new Error(`--${name}: must be a whole number from 1`)
    return number
  }
  const { only = '' } = values
  const questions = known.filter(({ name }) => name.includes(only))
  if (questions.length === 0) throw new Error(`--only: must be a part of ${known.map(({ name }) => name).join('; ')}`)
  if (positionals.length > 1) throw new Error('one URL is enough')
  const [url] = positionals
  return {
    database: values.database,
    size: count('events'),
    mostUnits: count('most-units'),
    mostMinutes: count('most-minutes'),
    questions,
    client: await clientOptions(
      url === undefined ? ['COSMOS_ENDPOINT', environment.COSMOS_ENDPOINT] : ['url', url],
      environment,
    ),
  }
}

async function clientOptions(
  [name, url]: readonly [name: string, url: string | undefined],
  environment: Environment,
): Promise<CosmosClientOptions> {
  if (!url) throw new Error(`${name}: is not set, and no URL of an account is given (--help tells more)`)
  if (url.startsWith('cosmos-emulator:')) return { endpoint: parseEmulatorUrl(url, name).endpoint, key: EMULATOR_KEY }
  const endpoint = endpointOf(url)
  if (endpoint === undefined) {
    throw new Error(
      `${name}: is no URL such as https://account.documents.azure.com or cosmos-emulator://127.0.0.1:8081`,
    )
  }
  return { endpoint, ...(await findCredentials(environment, endpoint)) }
}

/** Nothing but its host is used. What is signed with a key goes in the clear to this machine alone. */
function endpointOf(url: string): string | undefined {
  const { protocol = '', host = '', hostname = '', username = '', password = '' } = URL.parse(url) ?? {}
  const isSafe = protocol === 'https:' || (protocol === 'http:' && isLoopback(hostname))
  return isSafe && username + password === '' ? `${protocol}//${host}/` : undefined
}
