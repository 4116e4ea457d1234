import { InvalidConfiguration } from '../../core/errors/input.ts'
import { isLoopback } from '../../process/loopback.ts'
import { readParameters } from '../url-parameters.ts'

/** How events are appended; the values of the parameter `append`. */
const APPEND_MODES = { procedure: 'storedProcedure', batch: 'transactionalBatch' } as const

/** The address of a database in Azure Cosmos DB. */
export type CosmosAddress = {
  /** The account's URL, with nothing after its host. */
  readonly endpoint: string
  readonly database: string
  readonly append?: (typeof APPEND_MODES)[keyof typeof APPEND_MODES]
}

/** The address of an emulator on this machine. */
export type EmulatorAddress = CosmosAddress & {
  readonly host: string
  readonly port: number
  /** The number of physical partitions of a container in an emulator that is started for this URL. */
  readonly partitions: number
}

const EMULATOR = { database: 'tidemark', port: 8081, partitions: 4, mostPartitions: 256 } as const

/**
 * Parses the URL of an account: `https://account.documents.azure.com/database?append=batch`.
 *
 * @throws InvalidConfiguration
 */
export function parseCosmosUrl(url: string, setting: string): CosmosAddress {
  const { host, pathname, search } = parse(url, setting)
  const { append } = readParameters(search, ['append'], setting)
  const database = databaseOf(pathname, setting)
  if (database === undefined) {
    throw new InvalidConfiguration(setting, 'must name a database, as in https://account.documents.azure.com/tidemark')
  }
  return { endpoint: `https://${host}/`, database, ...appendOf(append, setting) }
}

/**
 * Parses the URL of an emulator: `cosmos-emulator://127.0.0.1:8081/database?append=batch&partitions=4`, of which all
 * but the host may be omitted.
 *
 * @throws InvalidConfiguration also for an address that does not belong to this machine
 */
export function parseEmulatorUrl(url: string, setting: string): EmulatorAddress {
  const { hostname: name, port: given, pathname, search } = parse(url, setting)
  const hostname = name.toLowerCase()
  if (!isLoopback(hostname)) {
    throw new InvalidConfiguration(
      setting,
      'an emulator must be on this machine, as in cosmos-emulator://127.0.0.1:8081',
    )
  }
  const { append, partitions = String(EMULATOR.partitions) } = readParameters(search, ['append', 'partitions'], setting)
  if (!/^[1-9]\d{0,2}$/.test(partitions) || Number(partitions) > EMULATOR.mostPartitions) {
    throw new InvalidConfiguration(setting, `partitions must be a whole number from 1 to ${EMULATOR.mostPartitions}`)
  }
  const port = given === '' ? EMULATOR.port : Number(given)
  if (port === 0) throw new InvalidConfiguration(setting, 'must name a port, as in cosmos-emulator://127.0.0.1:8081')
  return {
    endpoint: `http://${hostname}:${port}/`,
    host: hostname.replace(/^\[(.*)\]$/, '$1'),
    port,
    database: databaseOf(pathname, setting) ?? EMULATOR.database,
    partitions: Number(partitions),
    ...appendOf(append, setting),
  }
}

function parse(url: string, setting: string): URL {
  if (!URL.canParse(url)) {
    throw new InvalidConfiguration(setting, 'must be a URL, as in https://account.documents.azure.com/tidemark')
  }
  const parsed = new URL(url)
  if (parsed.username !== '' || parsed.password !== '') {
    throw new InvalidConfiguration(setting, 'must not contain credentials: put the key in COSMOS_KEY')
  }
  if (parsed.hash !== '') throw new InvalidConfiguration(setting, 'must not have a part after #')
  return parsed
}

function databaseOf(pathname: string, setting: string): string | undefined {
  const name = decode(/^\/?(.*?)\/?$/.exec(pathname)?.[1] ?? '', setting)
  if (name === '') return undefined
  // What Cosmos DB forbids in the id of a database.
  if (/[/\\?#]/.test(name) || name.endsWith(' ') || name.length > 255) {
    throw new InvalidConfiguration(setting, `${JSON.stringify(name)} cannot be the name of a database`)
  }
  return name
}

function decode(name: string, setting: string): string {
  try {
    return decodeURIComponent(name)
  } catch (cause) {
    throw new InvalidConfiguration(setting, 'contains a % that escapes nothing', { cause })
  }
}

function appendOf(name: string | undefined, setting: string): Pick<CosmosAddress, 'append'> {
  if (name === undefined) return {}
  if (name === 'procedure' || name === 'batch') return { append: APPEND_MODES[name] }
  throw new InvalidConfiguration(setting, `append must be ${Object.keys(APPEND_MODES).join(' or ')}`)
}
