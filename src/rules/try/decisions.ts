import { decodeEvents } from '../../core/events/codec.ts'
import type { EventDefinitions } from '../../core/events/definition-types.ts'
import type { AnyEventTypes, DefinedEvents } from '../../core/events/types.ts'
import type { EventDocument } from '../../core/port/event-document.ts'
import { emittedDefinitions } from '../definition/actions.ts'
import type { Rule, RuleEvent, RuleStorage } from '../definition/rule.ts'
import type { Decision } from '../evaluation/decision.ts'
import { firingOf, type RecordedOutcome } from '../explain/recorded-outcome.ts'
import { encodeEmitted } from '../firing/encode-emitted.ts'
import type { TriedDecision, TriedEvent } from './tried-event.ts'

type Emitted = Extract<TriedDecision, { readonly outcome: 'fired' }>['emitted']

/** What a decision of a rule comes to. @throws RuleFailed if an emitted event does not fit its schema */
export async function wouldDo(rule: Rule, event: RuleEvent, decision: Decision): Promise<TriedDecision> {
  const { checks } = decision
  if (decision.outcome === 'blocked') return { outcome: 'blocked', checks, blockedBy: checks.at(-1)?.name ?? '' }
  const emitted: Emitted[number][] = []
  for (const one of decision.emitted) {
    const { eventData, metadata } = await encodeEmitted({ rule, event }, one)
    const document = { id: '', stream: { id: '', version: 0 }, eventType: one.type, eventData }
    const written = { ...document, metadata: { ...metadata, recordedAt: '' } }
    emitted.push(await publicPart(written, one.events.definitions))
  }
  return { outcome: 'fired', checks, changes: decision.changes, emitted, entries: decision.entries }
}

/** What a rule recorded, in the same terms. @throws VaultRequired, and what the vault throws */
export async function didThen(
  { vault }: Pick<RuleStorage, 'vault'>,
  rule: Rule,
  found: RecordedOutcome,
): Promise<NonNullable<TriedEvent['happened']>> {
  const { version, checks } = found.record
  if (found.outcome === 'blocked') return { version, outcome: 'blocked', checks, blockedBy: checks.at(-1)?.name ?? '' }
  const { changes, entries, emitted: places } = firingOf(found)
  const definitions = emittedDefinitions(rule.actions)
  const types = new Set(places.map(({ version: at }) => at))
  const documents = found.append.events.filter(({ stream }) => types.has(stream.version))
  const emitted = await Promise.all(documents.map((document) => publicPart(document, definitions, vault)))
  return { version, outcome: 'fired', checks, changes, emitted, entries }
}

/** An emitted event without personal members, which are sealed in what is stored; as it is, if its type is unknown. */
async function publicPart(
  document: EventDocument,
  definitions: EventDefinitions,
  vault?: RuleStorage['vault'],
): Promise<Emitted[number]> {
  const { eventType: type, eventData } = document
  const set: DefinedEvents<AnyEventTypes> = { definitions }
  const [event] = await decodeEvents(set, [document], { vault, personal: false })
  return { type, data: event?.data ?? eventData }
}
