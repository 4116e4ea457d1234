import { InvalidConfiguration } from '../../core/errors/input.ts'
import type { Namespace } from '../broker/namespace.ts'
import type { IntakeSettings, QueueSettings } from '../broker/settings.ts'

/** What an entity is from its creation on cannot be changed, as on the service. */
export function assertSameKind(at: string, before: IntakeSettings, after: IntakeSettings): void {
  for (const member of ['requiresSession', 'requiresDuplicateDetection'] as const) {
    if (before[member] === after[member]) continue
    throw new InvalidConfiguration(
      `${at}.${member}`,
      `is ${before[member]} since the entity was created, and cannot be changed: remove the entity, or use another name`,
    )
  }
}

/** @throws InvalidConfiguration if an entity forwards to one that is not there, or by session */
export function assertForwards(namespace: Namespace, at: string, settings: QueueSettings): void {
  for (const member of ['forwardTo', 'forwardDeadLetteredMessagesTo'] as const) {
    const to = settings[member]
    if (to === undefined) continue
    const key = to.toLowerCase()
    if (!namespace.queues.has(key) && !namespace.topics.has(key)) {
      throw new InvalidConfiguration(`${at}.${member}`, `there is no queue or topic ${JSON.stringify(to)}`)
    }
  }
  if (settings.forwardTo !== undefined && settings.requiresSession) {
    throw new InvalidConfiguration(`${at}.forwardTo`, 'is not allowed where sessions are required')
  }
}
