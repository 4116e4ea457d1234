import { batch } from '@preact/signals'
import type { LiveMessages } from '../../contract/live.ts'
import type { TopicName } from '../../contract/topics.ts'
import { measuredAt, measuredEvery } from './freshness.ts'
import { NO_SAMPLES, samples, withNames, withSample } from './samples.ts'
import { storeOf } from './topics.ts'

/** A message and its name. */
export type LiveMessage = {
  [Name in keyof LiveMessages]: { readonly name: Name; readonly data: LiveMessages[Name] }
}[keyof LiveMessages]

/** What is sent, by the names of their events. */
export const MESSAGE_NAMES = [
  'hello',
  'snapshot',
  'patch',
  'sample',
  'alert',
  'activity',
  'gap',
  'ping',
] as const satisfies readonly (keyof LiveMessages)[]

/** Applies messages in their order, and then draws once. @returns the topics of which a snapshot is needed */
export function receive(messages: readonly LiveMessage[]): ReadonlySet<TopicName> {
  const missing = new Set<TopicName>()
  batch(() => {
    for (const message of messages) receiveOne(message, missing)
  })
  return missing
}

function receiveOne(message: LiveMessage, missing: Set<TopicName>): void {
  switch (message.name) {
    case 'hello':
      measuredEvery.value = message.data.everyMs
      samples.value = withNames(samples.peek(), message.data.series)
      return
    case 'snapshot': {
      const { topic, rev, data } = message.data
      storeOf(topic).replace(rev, data)
      missing.delete(topic)
      return
    }
    case 'patch': {
      const { topic, rev, from, set } = message.data
      if (!storeOf(topic).patch(rev, from, set)) missing.add(topic)
      return
    }
    case 'gap':
      missing.add(message.data.topic)
      return
    case 'sample':
      samples.value = withSample(samples.peek(), message.data.t, message.data.v)
      measuredAt.value = Math.max(measuredAt.peek() ?? 0, message.data.t)
      return
    case 'ping':
      if (samples.peek() === NO_SAMPLES || samples.peek().times.length === 0) measuredAt.value = message.data.at
      return
    case 'alert':
    case 'activity':
      return
    default:
      message satisfies never
  }
}
