import { EventNotFound, StreamDeleted } from '../../core/errors/append.ts'
import { decodeEvents } from '../../core/events/codec.ts'
import type { StoragePort } from '../../core/port/storage.ts'
import { type PlacedEvent, placeEvent } from '../../processor/status/event-progress.ts'
import type { Rule, RuleEvent } from '../definition/rule.ts'
import { isOn } from '../evaluation/subject-of.ts'
import { causesOf } from './causes.ts'
import { type ExplainedEvent, explainRule, nothingOf } from './explain-rule.ts'
import type { Explanation } from './explanation.ts'

/**
 * Explains what rules did with an event: which of them saw it, what each check said, and what became of it. It says what
 * is recorded, at the cost of a few look-ups for each rule, however long the streams are; what is not recorded is
 * computed with the code of the rule, and marked as that. It writes nothing, and calls no effect.
 *
 * @param rules with their code: which event concerns which subject is not recorded
 * @param event a stream, and a version of it; of the stream of a subject, the explanation also says which rules led to
 *   the event
 * @throws EventNotFound, StreamDeleted, InvalidStreamId; VaultRequired if the event has payloads that are stored apart;
 *   what the storage throws
 */
export async function explainEvent(
  storage: StoragePort,
  rules: readonly Rule[],
  { streamId, version }: { readonly streamId: string; readonly version: number },
): Promise<Explanation> {
  const { events } = await storage.events.load(streamId, { from: version, limit: 1 })
  const document = events[0]
  if (document === undefined || document.stream.version !== version) throw new EventNotFound(streamId, version)
  const { eventType: type, eventData, metadata } = document
  const { eventId, recordedAt } = metadata
  let placed: Promise<PlacedEvent> | undefined
  const source: ExplainedEvent = {
    async decode({ events: set }) {
      const [event] = await decodeEvents(set, [document], { vault: storage.vault, personal: false })
      return event as RuleEvent
    },
    place: () => (placed ??= place()),
  }

  async function place(): Promise<PlacedEvent> {
    const append = await storage.events.findAppend(streamId, eventId)
    if (append === undefined) throw new StreamDeleted(streamId)
    return placeEvent(storage, { streamId, version }, append.position)
  }

  return {
    event: { streamId, version, type, eventId, recordedAt },
    causes: await causesOf(storage, document),
    rules: await Promise.all(
      rules.map((rule) =>
        isOn(rule, { type, data: eventData })
          ? explainRule(storage, rule, source)
          : { ...nothingOf(rule), sees: false, outcome: 'notOn' as const, computed: true },
      ),
    ),
  }
}
