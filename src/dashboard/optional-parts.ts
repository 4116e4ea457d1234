import { ignoreRejection } from '../core/async/callbacks.ts'
import { reused } from '../core/async/reused.ts'
import type { Clock } from '../core/clock.ts'
import type { ChainConfig } from '../open/chain/chain-config.ts'
import type { WatchedChain } from '../open/chain/opening/open-watched-chain.ts'
import { openStorage } from '../open/open-storage.ts'
import type { ForgettingProgress } from '../privacy/forgetting/progress.ts'
import type { Storage } from '../views/with-views.ts'
import type { DashboardOptions } from './options.ts'

/** What a storage need not have. Each is opened when it is first asked for, so that it delays and fails nothing else. */
export type OptionalParts = {
  /** Opens the chain; undefined if none is configured. */
  readonly chain: (() => Promise<WatchedChain>) | undefined
  /** How far forgetting is; undefined if there is no vault. */
  readonly forgetting: () => Promise<ForgettingProgress | undefined>
  /** Whether there is a vault, as far as is known: one that was created since is found some time after. */
  readonly hasVault: () => boolean
}

/** Milliseconds between two looks for a vault. */
const LOOK_EVERY = 10_000

/** @param ends receives how each is closed */
export function optionalParts(
  storage: Storage,
  { chain: config, vaultStorage }: Pick<DashboardOptions, 'chain' | 'vaultStorage'>,
  clock: Clock,
  ends: (() => Promise<unknown>)[],
): OptionalParts {
  const chainOf = (config: ChainConfig) =>
    reused(clock, Number.POSITIVE_INFINITY, async () => {
      const { openWatchedChain } = await import('../open/chain/opening/open-watched-chain.ts')
      const chain = await openWatchedChain(storage, config)
      ends.push(chain.close)
      return chain
    })
  const keys = reused(clock, Number.POSITIVE_INFINITY, async () => {
    if (vaultStorage === undefined) return storage
    const opened = await openStorage(vaultStorage, { setting: 'VAULT_STORAGE', mustExist: true })
    ends.push(() => opened.close())
    return opened
  })
  let isThere = false
  async function forgetting(): Promise<ForgettingProgress | undefined> {
    const { forgettingProgress } = await import('../privacy/forgetting/progress.ts')
    const found = await forgettingProgress(await keys(), clock.now())
    isThere ||= found !== undefined
    return found
  }
  const look = reused(clock, LOOK_EVERY, forgetting)
  return {
    chain: config && chainOf(config),
    forgetting,
    hasVault() {
      if (!isThere) ignoreRejection(look())
      return isThere
    },
  }
}
