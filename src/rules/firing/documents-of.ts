import type { CommandKey } from '../../aggregates/commands/command-id.ts'
import { sealDocuments } from '../../core/events/sealing/seal-documents.ts'
import type { JsonObject } from '../../core/json/json.ts'
import {
  ENTRY_STORED,
  type NewEventDocument,
  PROPERTY_CHANGED,
  RULE_BLOCKED,
  RULE_FIRED,
} from '../../core/port/event-document.ts'
import type { Rule, RuleEvent, RuleStorage } from '../definition/rule.ts'
import type { Decision, Emitted } from '../evaluation/decision.ts'
import type { RuleBlocked, RuleFired } from '../subjects/subject-events.ts'
import { encodeEmitted } from './encode-emitted.ts'
import { outcomeId } from './firing-key.ts'

/** What a decision is about, and how it is written. */
export type DecisionContext = {
  readonly storage: Pick<RuleStorage, 'vault'>
  readonly rule: Rule
  readonly event: RuleEvent
  /** The subject's stream, and its version before. */
  readonly streamId: string
  readonly version: number
  readonly depth: number
  readonly key: CommandKey
}

/**
 * The documents of a decision: what changed, what is emitted and stored, and last the outcome.
 *
 * @throws RuleFailed if an emitted event does not fit its schema; VaultRequired, and those of the vault
 */
export async function documentsOf(context: DecisionContext, decision: Decision): Promise<readonly NewEventDocument[]> {
  const { rule, event, depth, key, version: subjectVersion } = context
  const { streamId, version, type, metadata } = event
  const cause = { streamId, version, eventId: metadata.eventId, type }
  const outcome = { rule: rule.name, version: rule.version, cause, checks: decision.checks, depth }
  if (decision.outcome === 'blocked') {
    return [document(context, outcomeId(key), RULE_BLOCKED, { ...outcome, subjectVersion } satisfies RuleBlocked)]
  }
  const { changes, emitted, entries, confirmed } = decision
  const fired: RuleFired = { ...outcome, ...(confirmed && { confirmed }) }
  let next = 1
  const own = (eventType: string, eventData: JsonObject) => document(context, key.eventId(next++), eventType, eventData)
  const changed = changes.map((change) => own(PROPERTY_CHANGED, change))
  const written: NewEventDocument[] = []
  for (const one of emitted) written.push(await emittedDocument(context, one, key.eventId(next++)))
  const stored = entries.map((entry) => own(ENTRY_STORED, entry))
  return [...changed, ...written, ...stored, document(context, outcomeId(key), RULE_FIRED, fired)]
}

const document = (
  { event: { metadata }, depth, key }: DecisionContext,
  eventId: string,
  eventType: string,
  eventData: JsonObject,
): NewEventDocument => {
  const { correlationId, eventId: causationId } = metadata
  const traced = { causationId, ...(correlationId !== undefined && { correlationId }) }
  return { eventType, eventData, metadata: { ...traced, commandId: key.id, ruleDepth: depth, eventId } }
}

async function emittedDocument(context: DecisionContext, one: Emitted, eventId: string): Promise<NewEventDocument> {
  const { eventData, metadata } = await encodeEmitted(context, one)
  const { schemaVersion } = metadata
  const own = document(context, eventId, one.type, eventData)
  const emitted = schemaVersion === undefined ? own : { ...own, metadata: { ...own.metadata, schemaVersion } }
  // Sealed members are bound to the event's id, so it is the last step.
  const [sealed] = await sealDocuments(context.storage.vault, context.streamId, [emitted], one.events.definitions)
  return sealed as NewEventDocument
}
