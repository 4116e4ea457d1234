import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { InvalidConfiguration } from '../../core/errors/input.ts'
import { type Environment, namesIn, refuseUseless } from '../environment.ts'
import { besideFolder, folderOf } from '../file-url.ts'
import { type MasterAddress, type PayloadAddress, parseMasterAddress, parsePayloadAddress } from './addresses.ts'

/** How a process opens its vault. Times are milliseconds. */
export type VaultConfig = {
  /** The first one wraps; the others only unwrap what they wrapped before a rotation. */
  readonly masters: readonly [MasterAddress, ...MasterAddress[]]
  /** The URL of the storage of the keys; the storage itself if it is absent. */
  readonly storage?: string
  readonly payloads?: PayloadAddress
  /** Where personal payloads are, if not where the others are. */
  readonly personalPayloads?: PayloadAddress
  readonly payloadCache?: { readonly url: string; readonly ttl: number }
  readonly keyCacheTtl?: number
  /** By how much the clocks of processes may differ. */
  readonly clockMargin?: number
}

const HOURS = 3_600_000

/**
 * Reads `VAULT_KEY`, `VAULT_STORAGE`, `PAYLOADS`, `PAYLOADS_PERSONAL`, `PAYLOAD_CACHE`, `PAYLOAD_CACHE_TTL`,
 * `KEY_CACHE_TTL` and `KEY_CACHE_MARGIN`. An empty variable counts as not set.
 *
 * @param storage the URL of the storage, whose folder, if it is one, decides the defaults
 * @param setting the name of that URL in errors
 * @returns undefined if there is no vault: no key is named, and none is in the default place
 * @throws InvalidConfiguration
 */
export function readVaultConfig(environment: Environment, storage: string, setting: string): VaultConfig | undefined {
  const masters = mastersOf(environment, storage, setting)
  if (masters === undefined) {
    const useless = ['VAULT_STORAGE', 'PAYLOADS', 'PAYLOADS_PERSONAL', 'PAYLOAD_CACHE']
    refuseUseless(environment, useless, 'VAULT_KEY', 'a vault uses')
    return undefined
  }
  const { VAULT_STORAGE: keys, PAYLOADS: payloads, PAYLOADS_PERSONAL: personal, PAYLOAD_CACHE: cache } = environment
  const folder = folderOf(storage, setting)
  const ttl = wholeNumberOf(environment, 'KEY_CACHE_TTL', 0, HOURS)
  const margin = wholeNumberOf(environment, 'KEY_CACHE_MARGIN', 0, HOURS)
  const cacheTtl = wholeNumberOf(environment, 'PAYLOAD_CACHE_TTL', 1, 24 * 365 * HOURS)
  // It may contain a password: the error must not repeat it.
  if (cache && !/^rediss?:\/\/[^\s]+$/i.test(cache)) {
    throw new InvalidConfiguration('PAYLOAD_CACHE', 'must be the URL of a Redis server, as in redis://127.0.0.1:6379')
  }
  const place: PayloadAddress | undefined = payloads
    ? parsePayloadAddress(payloads, 'PAYLOADS')
    : folder === undefined
      ? undefined
      : { kind: 'folder', folder: join(folder, 'payloads') }
  return {
    masters,
    ...(keys && { storage: keys }),
    ...(place && { payloads: place }),
    ...(personal && { personalPayloads: parsePayloadAddress(personal, 'PAYLOADS_PERSONAL') }),
    ...(cache && { payloadCache: { url: cache, ttl: cacheTtl ?? 5 * HOURS } }),
    ...(ttl !== undefined && { keyCacheTtl: ttl }),
    ...(margin !== undefined && { clockMargin: margin }),
  }
}

/** The file of the master key that is used if no other is named: `./data.key` for the folder `./data`. */
export const defaultKeyFile = (storage: string, setting: string): string | undefined =>
  besideFolder(storage, setting, '.key')

function mastersOf(environment: Environment, storage: string, setting: string): VaultConfig['masters'] | undefined {
  const { VAULT_KEY: given } = environment
  if (given) {
    const [first, ...others] = namesIn(given, 'VAULT_KEY')
    const parse = (name: string) => parseMasterAddress(name, 'VAULT_KEY')
    return [parse(first), ...others.map(parse)]
  }
  const file = defaultKeyFile(storage, setting)
  return file !== undefined && existsSync(file) ? [{ kind: 'file', file }] : undefined
}

function wholeNumberOf(environment: Environment, name: string, least: number, most: number): number | undefined {
  const text = environment[name]
  if (!text) return undefined
  if (/^\d{1,12}$/.test(text) && Number(text) >= least && Number(text) <= most) return Number(text)
  throw new InvalidConfiguration(name, `must be a number of milliseconds from ${least} to ${most}`)
}
