import { Conflict, conflictDelay } from '../../aggregates/commands/append-or-conflict.ts'
import { findCommand } from '../../aggregates/commands/command-id.ts'
import { systemClock } from '../../core/clock.ts'
import { StreamDeleted } from '../../core/errors/append.ts'
import { PersonForgotten } from '../../core/errors/privacy.ts'
import { DestinationUnavailable } from '../../core/errors/reaction.ts'
import type { NewEventDocument } from '../../core/port/event-document.ts'
import type { AppendResult } from '../../core/port/event-log.ts'
import type { Pacing } from '../../reactions/reaction-source.ts'
import { isStorageAway } from '../../reactions/unavailable.ts'
import type { Rule, RuleEvent, RuleStorage } from '../definition/rule.ts'
import { depthOf } from '../evaluation/chain-depth.ts'
import { evaluate } from '../evaluation/evaluate.ts'
import { isOn, subjectOf } from '../evaluation/subject-of.ts'
import type { SubjectState } from '../subjects/subject.ts'
import { subjectStream } from '../subjects/subject-stream.ts'
import { toSubject } from '../subjects/subjects.ts'
import { type DecisionContext, documentsOf } from './documents-of.ts'
import { failureOf } from './failure-of.ts'
import { firingKey } from './firing-key.ts'
import { type Ground, subjectWriterOf } from './subject-writer.ts'

/**
 * Takes an event to the subject that it concerns, evaluates the rule, and appends what follows. A repeat appends nothing
 * more. A subject whose stream was deleted is gone, so its events are done.
 *
 * @throws RuleFailed and RuleLoop; DestinationUnavailable if the subject changes faster than it can be evaluated; the
 *   signal's reason; what the storage and the vault throw
 */
export type Fire = (event: RuleEvent, options: { readonly signal: AbortSignal }) => Promise<void>

// How often a subject is evaluated anew because others wrote to it, before the rule waits a little.
const MOST_CONFLICTS = 100

/** An event on its way to a subject. */
type Task = Omit<DecisionContext, 'version'> & { readonly subject: string }

/** Creates what runs a rule on a storage. */
export function createFire(
  storage: RuleStorage,
  rule: Rule,
  { clock, random }: Pacing = { clock: systemClock, random: Math.random },
): Fire {
  const writer = subjectWriterOf(storage)

  /** Evaluates until no other writer changes the subject in the meantime. */
  async function write(task: Task, signal: AbortSignal): Promise<void> {
    let ground = writer.recall(task.streamId)
    for (let conflicts = 0; conflicts <= MOST_CONFLICTS; conflicts++) {
      signal.throwIfAborted()
      ground ??= await writer.load(task.streamId)
      if (await isWritten(task, ground)) return
      // What was only remembered may be old without any other writer.
      if (ground.isFresh) await clock.sleep(conflictDelay(conflicts, random), signal)
      ground = undefined
    }
    throw new DestinationUnavailable(`Rule ${rule.name}: its subject changes faster than it can be evaluated`)
  }

  /** Evaluates once. @returns false if the ground was not, or may not have been, the subject's latest state */
  async function isWritten(task: Task, ground: Ground): Promise<boolean> {
    let appended: AppendResult | Conflict
    try {
      const { documents, state } = await decide(task, ground)
      if (documents.length === 0) return ground.isFresh
      appended = await writer.append(ground, documents, state)
    } catch (error) {
      // What is wrong with a decision may be wrong only with the state that it was made for.
      if (error instanceof StreamDeleted || isStorageAway(error)) throw error
      if (!ground.isFresh) return false
      // A repeat sees what the first one has written, which its functions need not expect.
      if (await isDone(task)) return true
      // As for a subject whose stream was deleted: whom it is about is gone.
      if (error instanceof PersonForgotten) return true
      throw failureOf(task, error)
    }
    return !(appended instanceof Conflict) || isDone(task)
  }

  const isDone = async ({ key, streamId }: Task) => (await findCommand(storage, key, [streamId])) !== undefined

  return async (event, { signal }) => {
    const subject = isOn(rule, event) ? subjectOf(rule, event) : null
    if (subject === null) return
    const streamId = subjectStream(subject)
    const key = firingKey(rule, event, streamId)
    const task: Task = { storage, rule, event, subject, streamId, key, depth: depthOf(rule, event) }
    try {
      await writer.inTurn(streamId, () => write(task, signal))
    } catch (error) {
      if (!(error instanceof StreamDeleted && error.streamId === streamId)) throw error
    }
  }
}

type Decided = { readonly documents: readonly NewEventDocument[]; readonly state: SubjectState }

async function decide(task: Task, { state, version }: Ground): Promise<Decided> {
  const { rule, event, subject } = task
  const decision = evaluate(rule, event, toSubject(subject, { state, version }))
  if (decision.outcome === 'blocked' && rule.record === 'fired') return { documents: [], state }
  const documents = await documentsOf({ ...task, version }, decision)
  return { documents, state: decision.outcome === 'fired' ? decision.state : state }
}
