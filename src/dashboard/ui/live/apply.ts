import type { SnapshotAnswer } from '../../contract/live.ts'
import type { TopicName } from '../../contract/topics.ts'
import { heard, measuredAt } from './freshness.ts'
import { fillSamples } from './history.ts'
import { type LiveMessage, receive } from './receive.ts'
import { get } from './request.ts'

let waiting: LiveMessage[] = []

/** Applies a message with all others of the same frame. Hidden pages draw no frames: there, it is applied at once. */
export function apply(message: LiveMessage): void {
  heard(sentAt(message))
  waiting.push(message)
  if (document.hidden) applyWaiting()
  else if (waiting.length === 1) requestAnimationFrame(applyWaiting)
}

/** Asks for whole tables, and applies them. @throws RequestFailed */
export async function fetchSnapshots(topics: readonly TopicName[]): Promise<void> {
  const answer = await get<SnapshotAnswer>(`snapshot?topics=${topics.join()}`)
  apply({ name: 'ping', data: { at: answer.at } })
  for (const snapshot of answer.snapshots) apply({ name: 'snapshot', data: snapshot })
  measuredAt.value = Math.max(measuredAt.peek() ?? 0, answer.measuredAt ?? 0)
}

function applyWaiting(): void {
  const messages = waiting
  waiting = []
  const missing = receive(messages)
  if (messages.some(({ name }) => name === 'hello')) fillSamples().catch(() => {})
  if (missing.size > 0) fetchSnapshots([...missing]).catch(() => {})
}

function sentAt({ name, data }: LiveMessage): number | null {
  if (name === 'ping' || name === 'hello') return data.at
  return name === 'sample' ? data.t : null
}
