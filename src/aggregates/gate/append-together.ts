import { EventIdReused } from '../../core/errors/append.ts'
import { AppendTooLarge, InvalidEvent, NotJson } from '../../core/errors/input.ts'
import type { EventTypes } from '../../core/events/types.ts'
import type { AppendResult } from '../../core/port/event-log.ts'
import { Conflict, tryAppend } from '../commands/append-or-conflict.ts'
import type { Context } from '../state/context.ts'
import { keep, type Loaded, loadStream } from '../state/load.ts'
import type { Plan } from './decide-together.ts'

/** What came of appending a plan: where it ended and the stream as it is then, or why it was not appended. */
export type Outcome<S> =
  | { readonly appended: AppendResult; readonly after: Loaded<S> }
  /** Somebody else was there first. */
  | Conflict
  /** Nothing was written, for something in it; whose fault it is, each command must find out for itself. */
  | 'refused'

/**
 * Appends what a plan decided at exactly the version that it was decided on.
 *
 * @throws what the storage throws; whether it was written is then unknown, as it is after any append
 */
export async function appendTogether<S, E extends EventTypes>(
  context: Context<S, E>,
  loaded: Loaded<S>,
  { verdicts, documents, state }: Plan<S, E>,
): Promise<Outcome<S>> {
  const { streamId, version } = loaded
  const isNamed = verdicts.some(({ kind, pending }) => kind === 'decided' && pending.stamp.key !== undefined)
  try {
    const appended = await tryAppend(context.storage, streamId, documents, version, isNamed)
    if (appended instanceof Conflict) return isRace(appended, version) ? appended : 'refused'
    if (appended.duplicate) return 'refused'
    const last = verdicts.findLast((verdict) => verdict.kind === 'decided')
    const after = last?.decision.preview.isGuess
      ? await loadStream(context, streamId, { version: appended.version })
      : { ...loaded, state, version: appended.version, last: last?.decision.preview.documents.at(-1) }
    return { appended, after: keep(context, after) }
  } catch (error) {
    if (REFUSALS.some((kind) => error instanceof kind)) return 'refused'
    throw error
  }
}

// At the version that was expected, it was event ids that stood in the way.
const isRace = ({ error }: Conflict, version: number): boolean =>
  !(error instanceof EventIdReused) && error.actual !== version

// Each command was checked by itself; together they may still be what the storage does not take.
const REFUSALS = [EventIdReused, AppendTooLarge, InvalidEvent, NotJson]
