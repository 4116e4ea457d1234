import type { Clock } from '../core/clock.ts'
import type { StoragePort } from '../core/port/storage.ts'
import type { Reaction } from './reaction.ts'

/** What waits are measured by, and spread at random. */
export type Pacing = { readonly clock: Clock; readonly random: () => number }

/** What becomes reactions once there is a storage, such as a rule. */
export type ReactionSource = {
  readonly name: string
  /** @param pacing default: the machine's clock, and `Math.random` */
  reactions(storage: StoragePort, pacing?: Pacing): readonly Reaction[]
}

/** Whether a value is one. */
export const isReactionSource = (value: unknown): value is ReactionSource => {
  const { name, reactions } = (value ?? {}) as Partial<ReactionSource>
  return typeof name === 'string' && typeof reactions === 'function'
}
