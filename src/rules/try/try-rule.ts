import { InvalidOption } from '../../core/errors/input.ts'
import type { StoragePort } from '../../core/port/storage.ts'
import type { Rule } from '../definition/rule.ts'
import { isOn } from '../evaluation/subject-of.ts'
import type { TriedEvent } from './tried-event.ts'
import { triedSubjects } from './tried-subjects.ts'
import { tryEvent } from './try-event.ts'

/** Which events of the log a rule is tried with. */
export type TryOptions = {
  /** From when on, inclusive. */
  readonly from: Date
  /** Until when, exclusive; by default, all that is in the log. */
  readonly to?: Date
  /** At most this many events that concern a subject, a whole number from 1. */
  readonly limit?: number
  /** When it is aborted, the trial throws its reason. */
  readonly signal?: AbortSignal
  /** Called after each event that was read, whatever it concerns, with how many there were. */
  readonly onRead?: (events: number) => void
}

/**
 * Runs a rule over the log, such as a new version of one, without writing anything or calling any effect. Each event
 * is evaluated with its subject as it was then, but with the properties that this rule would have set. Events are taken
 * in the order of (time, stream, version), which need not be that in which a processor met them in different streams.
 * What other rules wrote stays as it was, and events that the rule would emit go to no other rule.
 *
 * Memory grows with the number of subjects that would be other ones than they are.
 *
 * @returns the events that concern a subject, while they are read
 * @throws InvalidOption, InvalidQuery; VaultRequired if events have payloads that are stored apart; what the storage throws
 */
export async function* tryRule(
  storage: StoragePort,
  rule: Rule,
  { from, to, limit = Number.POSITIVE_INFINITY, signal, onRead }: TryOptions,
): AsyncIterable<TriedEvent> {
  if (limit !== Number.POSITIVE_INFINITY && (!Number.isSafeInteger(limit) || limit < 1)) {
    throw new InvalidOption('limit', 'a whole number from 1', limit)
  }
  const recorded = { from, ...(to && { to }) }
  const subjects = triedSubjects(storage)
  let [read, tried] = [0, 0]
  for await (const document of storage.events.query({ types: rule.types, recorded, ...(signal && { signal }) })) {
    signal?.throwIfAborted()
    onRead?.(++read)
    const { eventType: type, eventData: data } = document
    const one = isOn(rule, { type, data }) ? await tryEvent(storage, rule, subjects, document) : undefined
    if (one === undefined) continue
    yield one
    if (++tried >= limit) return
  }
}
