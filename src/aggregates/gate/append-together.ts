import { EventIdReused } from '../../core/errors/append.ts'
import { AppendTooLarge, InvalidEvent, NotJson } from '../../core/errors/input.ts'
import type { EventTypes } from '../../core/events/types.ts'
import type { AppendResult } from '../../core/port/event-log.ts'
import { Conflict, tryAppend } from '../commands/append-or-conflict.ts'
import type { Context } from '../state/context.ts'
import { keep, type Loaded, loadStream } from '../state/load.ts'
import type { Plan } from './decide-together.ts'

/** The result of appending a plan: where it ended and the stream as it is then, or why it was not appended. */
export type Outcome<S> =
  | { readonly appended: AppendResult; readonly after: Loaded<S> }
  /** Another writer got there first. */
  | Conflict
  /** Nothing was written, because of something in it; running each command alone shows which one is at fault. */
  | 'refused'

/**
 * Appends the events of a plan at exactly the version on which it was decided.
 *
 * @throws what the storage throws; it is then unknown whether it was written, as after any append
 */
export async function appendTogether<S, E extends EventTypes>(
  context: Context<S, E>,
  loaded: Loaded<S>,
  { verdicts, documents, state, keys }: Plan<S, E>,
): Promise<Outcome<S>> {
  const { streamId, version } = loaded
  const isNamed = verdicts.some(({ kind, pending }) => kind === 'decided' && pending.stamp.key !== undefined)
  try {
    const appended = await tryAppend(context, streamId, documents, version, isNamed)
    if (appended instanceof Conflict) return isRace(appended, version) ? appended : 'refused'
    if (appended.duplicate) return 'refused'
    const last = verdicts.findLast((verdict) => verdict.kind === 'decided')
    const after = last?.decision.preview.isGuess
      ? await loadStream(context, streamId, { version: appended.version })
      : {
          ...loaded,
          state,
          version: appended.version,
          exists: true,
          last: last?.decision.preview.documents.at(-1),
          ...(keys && { keys }),
        }
    return { appended, after: keep(context, after) }
  } catch (error) {
    if (REFUSALS.some((kind) => error instanceof kind)) return 'refused'
    throw error
  }
}

// The version was the expected one, so event ids were the obstacle.
const isRace = ({ error }: Conflict, version: number): boolean =>
  !(error instanceof EventIdReused) && error.actual !== version

// Each command was checked on its own; together they may still exceed what the storage accepts.
const REFUSALS = [EventIdReused, AppendTooLarge, InvalidEvent, NotJson]
