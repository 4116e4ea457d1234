import { InvalidConfiguration } from '../../core/errors/input.ts'
import type { Chain } from '../../integrity/index.ts'
import { type ChainConfig, readChainConfig } from '../../open/chain/chain-config.ts'
import { type CommonOptions, type Opening, openAt, type Session, withConsole } from './session.ts'
import { type StorageUrl, storageOf } from './storage-url.ts'

/** What a command on a chain works with. */
export type ChainSession = Session & {
  readonly chain: Chain
  /** The URL of the storage. */
  readonly at: StorageUrl
}

/** How a command on a chain opens it. */
type ChainOpening = {
  /** Says how the chain is opened, by default as the environment says. */
  readonly configure?: (at: StorageUrl) => ChainConfig | undefined
  /** What is reported instead of an error with which the storage could not be opened. */
  readonly failure?: (error: unknown) => unknown
}

const fromEnvironment = ({ url, setting }: StorageUrl) => readChainConfig(process.env, url, setting)

/**
 * Runs a command over a storage and its chain, and sets the exit code.
 *
 * @throws InvalidConfiguration if no chain is configured, before anything is opened
 */
export async function withChain(
  { storage: given, json = false, ...opening }: CommonOptions & Opening,
  work: (session: ChainSession) => Promise<void>,
  { configure = fromEnvironment, failure = (error) => error }: ChainOpening = {},
): Promise<void> {
  await withConsole(json, async (console) => {
    const at = storageOf(given)
    const config = configure(at)
    if (config === undefined) {
      throw new InvalidConfiguration('CHAIN_KEY', 'names no signing key; tidemark chain key --create creates one')
    }
    await using storage = await openAt(at, opening).catch((error: unknown) => {
      throw failure(error)
    })
    const { openConfiguredChain } = await import('../../open/chain/opening/open-configured-chain.ts')
    const { chain, close } = await openConfiguredChain(storage, config)
    try {
      await work({ ...console, storage, at, chain })
    } finally {
      await close()
    }
  })
}
