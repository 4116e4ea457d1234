import { Command, InvalidArgumentError } from 'commander'
import { TidemarkError } from '../core/errors/base.ts'
import { prepareStorage } from '../open/open-storage.ts'
import { secretInArgument } from '../open/secrets.ts'
import { storageSetting } from '../process/common-settings.ts'
import { readSettings } from '../process/settings.ts'
import { readWorkerConfig } from '../worker/config.ts'
import { readDemoConfig } from './config.ts'
import { prepareKeyFile, withVaultSettings } from './prepare-vault.ts'
import { runDemo } from './run-demo.ts'

// What `npm start` runs.

const { port, storage, workers } = new Command('tidemark-demo')
  .description('Starts the meter demo: an API and projection workers. It has no login.')
  .option('--port <number>', 'port of the API, 0 for any free one (default: PORT or 3000)')
  .option('--storage <url>', 'storage to work on (default: TIDEMARK_STORAGE or file:./data)')
  .option('--workers <number>', 'how many projection workers to run, 1 to 32', countOf, 1)
  .addHelpText(
    'after',
    `
Environment:
  HOST             address that all listen on (127.0.0.1)
  ALLOWED_HOSTS    further names by which clients call them, separated by commas (none)
  PORT             port of the API (3000)
  WORKER_PORT      port of the first worker's health server, the others taking the next ones (0: any free one)
  LEASE_DURATION   milliseconds after which the ranges of a killed worker go to another one (3000;
                   on an account 15000)
  STALLED_AFTER    milliseconds without progress after which a range that is behind is stalled (60000)
  LOG_LEVEL        fatal, error, warn, info, debug, trace or silent (info)
  TIDEMARK_STORAGE storage (file:./data): a folder, https://account.documents.azure.com/name
                   in Azure Cosmos DB, cosmos-emulator://127.0.0.1:8081, which is started, or
                   mongodb://127.0.0.1:27017/meters in MongoDB
  COSMOS_KEY       key of the account in Azure Cosmos DB (without it: Entra ID)
  VIEW_TIMEOUT     milliseconds that a read waits for a Tidemark-Position at most (5000)
  VAULT_KEY        file of the master key of customers' data, created if it is missing (beside the
                   folder: ./data.key), or a key in Azure Key Vault or AWS KMS
  PAYLOADS         where contracts are stored (in the folder: ./data/payloads)
  KEY_CACHE_TTL    milliseconds that a process may cache a customer's key (1000), and KEY_CACHE_MARGIN
                   by which clocks may differ (500 on a folder, else 5000): forgetting a customer
                   takes as long as both`,
  )
  .parse()
  .opts<{ port?: string; storage?: string; workers: number }>()

const isLocal = !/^https:/i.test(storage ?? process.env.TIDEMARK_STORAGE ?? '')
// People who try the demo kill workers, and should not have to wait long for the takeover. On an account every renewal
// of a lease costs money.
const given = {
  ...(isLocal && { LEASE_DURATION: '3000' }),
  ...process.env,
  ...(port !== undefined && { PORT: port }),
  ...(storage !== undefined && { TIDEMARK_STORAGE: storage }),
}

const warning = secretInArgument('--storage', storage, 'TIDEMARK_STORAGE')
if (warning !== undefined) console.error(warning)

try {
  // All processes read the same environment: a fault in it is reported once, before any of them is started.
  const { TIDEMARK_STORAGE: url } = readSettings(given, { TIDEMARK_STORAGE: storageSetting })
  const environment = withVaultSettings(given, url)
  readWorkerConfig(environment)
  readDemoConfig(environment)
  await prepareStorage(url, 'TIDEMARK_STORAGE')
  const keyFile = await prepareKeyFile(environment, url)
  process.exitCode = await runDemo(url, environment, workers, keyFile)
} catch (error) {
  if (!(error instanceof TidemarkError)) throw error
  console.error(`${error.code}: ${error.message}`)
  process.exitCode = 1
}

function countOf(text: string): number {
  const count = Number(text)
  if (!/^\d+$/.test(text) || count < 1 || count > 32)
    throw new InvalidArgumentError('It must be a number from 1 to 32.')
  return count
}
