import { existsSync } from 'node:fs'
import { type Environment, refuseUseless } from '../environment.ts'
import { besideFolder } from '../file-url.ts'
import { type AnchorAddress, parseAnchorAddresses } from './anchor-address.ts'

/** How a process opens its chain. */
export type ChainConfig = {
  /** The file of the signing key. Without it, the process seals, and leaves signing to others. */
  readonly keyFile?: string
  /** The chain's name, by default that of the signing key. */
  readonly origin?: string
  /** The name of the origin in errors; default `CHAIN_ORIGIN`. */
  readonly originSetting?: string
  /** The URL of the storage of the ledger; the storage itself if it is absent. */
  readonly ledger?: string
  readonly anchors: readonly AnchorAddress[]
}

/**
 * Reads `CHAIN_KEY`, `CHAIN_ORIGIN`, `CHAIN_LEDGER` and `CHAIN_ANCHORS`. An empty variable counts as not set.
 *
 * @param storage the URL of the storage, whose folder, if it is one, decides the defaults
 * @param setting the name of that URL in errors
 * @returns undefined if there is no chain: neither a key nor an origin is named, and no key is in the default place
 * @throws InvalidConfiguration
 */
export function readChainConfig(environment: Environment, storage: string, setting: string): ChainConfig | undefined {
  const { CHAIN_ORIGIN: origin, CHAIN_LEDGER: ledger } = environment
  const keyFile = environment.CHAIN_KEY || existing(defaultChainKeyFile(storage, setting))
  if (!keyFile && !origin) {
    refuseUseless(environment, ['CHAIN_LEDGER', 'CHAIN_ANCHORS'], 'CHAIN_KEY', 'a chain uses')
    return undefined
  }
  return {
    ...(keyFile && { keyFile }),
    ...(origin && { origin }),
    ...(ledger && ledger !== storage && { ledger }),
    anchors: anchorsOf(environment, storage, setting),
  }
}

/** The anchors of `CHAIN_ANCHORS`, or else, for a folder, the default one. @throws InvalidConfiguration */
export function anchorsOf(environment: Environment, storage: string, setting: string): readonly AnchorAddress[] {
  const { CHAIN_ANCHORS: anchors } = environment
  if (anchors) return parseAnchorAddresses(anchors, 'CHAIN_ANCHORS')
  const folder = defaultHeadsFolder(storage, setting)
  return folder === undefined ? [] : [{ kind: 'file', folder }]
}

/** The file of the signing key that is used if no other is named: `./data.chain-key` for the folder `./data`. */
export const defaultChainKeyFile = (storage: string, setting: string): string | undefined =>
  besideFolder(storage, setting, '.chain-key')

/** Where heads are anchored if nothing else is named: `./data.heads` for the folder `./data`. */
export const defaultHeadsFolder = (storage: string, setting: string): string | undefined =>
  besideFolder(storage, setting, '.heads')

const existing = (file: string | undefined): string | undefined =>
  file !== undefined && existsSync(file) ? file : undefined
