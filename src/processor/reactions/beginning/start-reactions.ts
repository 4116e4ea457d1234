import type { Clock } from '../../../core/clock.ts'
import { IncarnationMismatch } from '../../../core/errors/feed.ts'
import type { StoragePort } from '../../../core/port/storage.ts'
import type { Reaction } from '../../../reactions/reaction.ts'
import type { FailurePlace } from '../../ranges/range-context.ts'
import type { VersionNotice } from '../../versions/version-notice.ts'
import { beginReaction } from './first-checkpoint.ts'

type Context = {
  readonly storage: StoragePort
  readonly clock: Clock
  onError(error: unknown, where: FailurePlace): void
}

/** Fixes where reactions begin, and reports those that skip events already in the log. */
export async function startReactions(
  context: Context,
  reactions: readonly Reaction[],
  tell: (notice: VersionNotice) => void,
): Promise<void> {
  for (const reaction of reactions) {
    const { name: projection, version } = reaction
    try {
      const { passesOver } = await beginReaction(context, reaction)
      if (passesOver) tell({ kind: 'begun', projection, version })
    } catch (error) {
      // It stays stopped, while the others run.
      if (!(error instanceof IncarnationMismatch)) throw error
      context.onError(error, { projection })
    }
  }
}
