import { batch } from '@preact/signals'
import type { LiveMessages } from '../../../contract/live.ts'
import type { TopicName } from '../../../contract/topics.ts'
import { measuredAt, measuredEvery } from '../freshness.ts'
import { samples, withNames, withSample } from '../samples.ts'
import { forgetAllBut, storeOf } from '../topics.ts'

/** A message and its name. */
export type LiveMessage = {
  [Name in keyof LiveMessages]: { readonly name: Name; readonly data: LiveMessages[Name] }
}[keyof LiveMessages]

/** The names of all events that are sent. */
export const MESSAGE_NAMES: readonly (keyof LiveMessages)[] = [
  'hello',
  'snapshot',
  'patch',
  'sample',
  'alert',
  'activity',
  'gap',
  'ping',
]

let epoch: string | undefined

/** Applies messages in their order, and then draws once. @returns the topics of which a snapshot is needed */
export function receive(messages: readonly LiveMessage[]): ReadonlySet<TopicName> {
  const missing = new Set<TopicName>()
  batch(() => {
    for (const message of messages) receiveOne(message, missing)
  })
  return missing
}

function receiveOne({ name, data }: LiveMessage, missing: Set<TopicName>): void {
  if (name === 'hello') {
    if (epoch !== undefined && data.epoch !== epoch) forgetAllBut([])
    epoch = data.epoch
    measuredEvery.value = data.everyMs
    samples.value = withNames(samples.peek(), data.series)
  } else if (name === 'snapshot') {
    storeOf(data.topic).replace(data.rev, data.data)
    missing.delete(data.topic)
  } else if (name === 'patch') {
    if (!storeOf(data.topic).patch(data)) missing.add(data.topic)
  } else if (name === 'gap') {
    missing.add(data.topic)
  } else if (name === 'sample') {
    samples.value = withSample(samples.peek(), data.t, data.v)
    measuredAt.value = Math.max(measuredAt.peek() ?? 0, data.t)
  } else if (name === 'ping' && samples.peek().times.length === 0) {
    measuredAt.value = data.at
  }
}
