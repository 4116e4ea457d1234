import type { KeyStore } from '../vault/key-store.ts'
import { epochsOf } from '../vault/root-document.ts'
import type { Forgetting } from './forgetting.ts'

/** How many people a vault knows. */
export type PeopleCounts = {
  /** People who have a key, or had one. */
  readonly people: number
  /** Those without a key: they were forgotten, and have not returned. */
  readonly forgotten: number
  /** Those for whom something is left to do, and for how many of them that is overdue. */
  readonly unfinished: number
  readonly overdue: number
}

/** What a vault contains, in numbers. */
export type VaultStatus = PeopleCounts & {
  /** More than one while a rotation is unfinished. */
  readonly epochs: readonly EpochStatus[]
}

/** One epoch of a vault. */
export type EpochStatus = {
  readonly epoch: number
  /** The id of its master key. */
  readonly master: string
  readonly since: Date
  /** How many keys it wraps. */
  readonly keys: number
}

/** Counts what a vault contains. @throws KeysUnavailable */
export async function vaultStatus({ store, epochs, clock }: Forgetting): Promise<VaultStatus> {
  const root = epochs.accept((await store.read([])).root)
  const [people, ...keys] = await Promise.all([
    countPeople(store, clock.now()),
    ...epochsOf(root).map((epoch) => store.count({ epoch, key: { gt: '' } })),
  ])
  const ofEpoch = (epoch: number, i: number): EpochStatus => {
    const { master, since } = root.epochs[epoch] as (typeof root.epochs)[string]
    return { epoch, master, since: new Date(since), keys: keys[i] as number }
  }
  return { ...people, epochs: epochsOf(root).map(ofEpoch) }
}

/** Counts people. @param now milliseconds since 1970 @throws KeysUnavailable */
export async function countPeople(store: Pick<KeyStore, 'count'>, now: number): Promise<PeopleCounts> {
  const [people, forgotten, unfinished, overdue] = await Promise.all([
    store.count({ generation: { gte: 1 } }),
    store.count({ generation: { gte: 1 }, key: null }),
    store.count({ 'marker.due': { gt: '' } }),
    store.count({ 'marker.due': { lte: new Date(now).toISOString() } }),
  ])
  return { people, forgotten, unfinished, overdue }
}
