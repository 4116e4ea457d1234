import type { Namespace } from '../broker/namespace.ts'
import { compileRule } from '../rules/compile-rule.ts'
import type { EntityDefinition } from './store.ts'

/** Puts what a store kept into a namespace that has nothing yet. */
export function restore(namespace: Namespace): void {
  const kept = namespace.store.load()
  namespace.store.atomically(() => {
    for (const definition of kept.entities) create(namespace, definition)
    for (const { entity, message } of kept.messages) namespace.find(entity)?.restore(message)
    const locked = kept.messages.filter(({ message }) => message.lock !== undefined)
    locked.sort((a, b) => (a.message.lock?.until ?? 0) - (b.message.lock?.until ?? 0))
    for (const { entity, message } of locked) namespace.source(entity).restoreLock(message)
    for (const { entity, next } of kept.sequences) namespace.find(entity)?.restoreSequence(next)
    for (const { entity, messageId, at } of kept.taken) namespace.find(entity)?.restoreTaken(messageId, at)
    for (const { entity, sessionId, state } of kept.sessionStates) {
      namespace.source(entity).sessions.setState(sessionId, state)
    }
    namespace.advance()
  })
}

function create(namespace: Namespace, definition: EntityDefinition): void {
  if (definition.kind === 'queue') namespace.createQueue(definition.name, definition.settings)
  else if (definition.kind === 'topic') namespace.createTopic(definition.name, definition.settings)
  else {
    const { topic, name, settings, rules } = definition
    const compiled = rules.map(({ name: rule, ...description }) => compileRule(rule, description))
    namespace.createSubscription(namespace.topic(topic), name, settings, compiled)
  }
}
