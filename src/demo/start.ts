import { Command, InvalidArgumentError } from 'commander'
import { prepareStorage } from '../open/open-storage.ts'
import { readWorkerConfig } from '../worker/config.ts'
import { readDemoConfig } from './config.ts'
import { readActivationTimes } from './domain/meters/activation/activation-times.ts'
import { prepareChain, withChainSettings } from './prepare-chain.ts'
import { prepareKeyFile, withVaultSettings } from './prepare-vault.ts'
import { startDemo } from './processes/start-demo.ts'
import { runDemo } from './run-demo.ts'

// What `npm start` runs.

const { workers, ...options } = new Command('tidemark-demo')
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
  DASHBOARD_PORT   port of the dashboard (0: any free one), DASHBOARD_TOKEN what an operator signs in with
                   (a random one, printed), and DASHBOARD_VIEWER_TOKEN a viewer (none)
  LEASE_DURATION   milliseconds after which the ranges of a killed worker go to another one (3000;
                   on an account 15000)
  STALLED_AFTER    milliseconds without progress after which a range that is behind is stalled (60000)
  WAITING_AFTER    milliseconds until a reaction whose destination is unavailable is shown as waiting (60000)
  LOG_LEVEL        fatal, error, warn, info, debug, trace or silent (info)
  METRICS          none, or prometheus for GET /metrics on all of them (prometheus)
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
                   takes as long as both
  ACTIVATION_REMINDER_AFTER, ACTIVATION_EXPIRES_AFTER
                   milliseconds after which a meter that is not activated gets a reminder, and after
                   which its activation then expires (14 days each)
  CHAIN_KEY        file of the key that signs the chain's heads, created if it is missing (beside the
                   folder: ./data.chain-key)
  CHAIN_ANCHORS    where these heads are kept (beside the folder: file:./data.heads)`,
  )
  .parse()
  .opts<{ port?: string; storage?: string; workers: number }>()

await startDemo(options, 'file:./data', async (given, url) => {
  // All processes read the same environment: a fault in it is reported once, before any of them is started.
  const environment = withChainSettings(withVaultSettings(given, url), url)
  readWorkerConfig(environment)
  readDemoConfig(environment)
  readActivationTimes(environment)
  const chain = await prepareChain(environment, url)
  await prepareStorage(url, 'TIDEMARK_STORAGE')
  const keyFile = await prepareKeyFile(environment, url)
  return runDemo({ storage: url, environment, workers, keyFile, chain })
})

function countOf(text: string): number {
  const count = Number(text)
  if (!/^\d+$/.test(text) || count < 1 || count > 32)
    throw new InvalidArgumentError('It must be a number from 1 to 32.')
  return count
}
