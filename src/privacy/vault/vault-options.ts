import { type Clock, systemClock } from '../../core/clock.ts'
import { InvalidOption } from '../../core/errors/input.ts'
import type { StoragePort } from '../../core/port/storage.ts'
import type { PayloadCache, PayloadRule } from '../payloads/payload-store.ts'
import type { MasterKey } from './master/master-key.ts'

/** The options of a vault. */
export type VaultOptions = {
  /** Where the keys of people are stored: any storage, best one with backups of its own. It is not closed with the vault. */
  readonly keys: Pick<StoragePort, 'viewStore'>
  /** The master key, or several while they are rotated: the first one wraps, and each unwraps what it wrapped. */
  readonly master: MasterKey | readonly MasterKey[]
  readonly keyCache?: {
    /** People whose keys are cached; default 10,000. */
    readonly max?: number
    /**
     * Milliseconds for which a process may use a key after another process forgot it; default 60,000, at most an hour.
     * It decides how long forgetting takes. The longest time that any process has used counts, for good.
     */
    readonly ttl?: number
  }
  /** Where members that are stored apart go; the first rule that matches decides. By default, there is no place. */
  readonly payloads?: readonly PayloadRule[]
  /** What is in front of the payload stores; by default nothing. */
  readonly payloadCache?: PayloadCache
  /** Milliseconds by which the clocks of processes may differ, and a write may be late; default 5,000. */
  readonly margin?: number
  readonly clock?: Clock
  /** The random source for jitter: from 0 inclusive to 1 exclusive. Default `Math.random`. */
  readonly random?: () => number
}

/** The options, with defaults. */
export type VaultSettings = {
  readonly masters: readonly [MasterKey, ...MasterKey[]]
  readonly cache: { readonly max: number; readonly ttl: number }
  readonly margin: number
  readonly clock: Clock
  readonly random: () => number
}

const HOUR = 3_600_000

/** @throws InvalidOption */
export function vaultSettings(options: VaultOptions): VaultSettings {
  const { master, keyCache, margin = 5000, clock = systemClock, random = Math.random } = options
  const masters = [master].flat() as readonly MasterKey[]
  const { max = 10_000, ttl = 60_000 } = keyCache ?? {}
  assertWhole('keyCache.max', max, 1, 10_000_000)
  assertWhole('keyCache.ttl', ttl, 0, HOUR)
  assertWhole('margin', margin, 0, HOUR)
  if (masters.length === 0) throw new InvalidOption('master', 'a master key', masters)
  return { masters: masters as [MasterKey, ...MasterKey[]], cache: { max, ttl }, margin, clock, random }
}

function assertWhole(option: string, value: number, least: number, most: number): void {
  if (Number.isSafeInteger(value) && value >= least && value <= most) return
  throw new InvalidOption(option, `a whole number from ${least} to ${most}`, value)
}
