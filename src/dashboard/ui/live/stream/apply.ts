import type { SnapshotAnswer } from '../../../contract/live.ts'
import type { TopicName } from '../../../contract/topics.ts'
import { heard, measuredAt } from '../freshness.ts'
import { fillSamples } from '../history.ts'
import { get } from '../request.ts'
import { LENGTH } from '../samples.ts'
import { showMoreRows } from '../topics.ts'
import { type LiveMessage, receive } from './receive.ts'
import { ALWAYS } from './wanted.ts'

/** Milliseconds. */
const FRAME_WITHIN = 250

let waiting: LiveMessage[] = []
let isFrameAsked = false

/** What was not applied since the page is hidden. */
const skipped = new Set<TopicName>()

/**
 * Applies a message with all others of the same frame. A hidden page takes in only what its title shows, so that many
 * tabs cost little, and asks for the rest when it is seen again.
 */
export function apply(message: LiveMessage): void {
  heard(sentAt(message))
  const topic = 'topic' in message.data ? message.data.topic : undefined
  if (!document.hidden) {
    waiting.push(message)
    askForFrame()
  } else if (message.name === 'sample') {
    waiting.push(message)
    if (waiting.length > LENGTH) waiting.shift()
  } else if (topic === undefined || ALWAYS.includes(topic)) applyNow([message])
  else skipped.add(topic)
}

/** Catches up when the page is seen again. */
export function startApplying(): void {
  document.addEventListener('visibilitychange', () => {
    if (document.hidden) return
    askForFrame()
    if (skipped.size > 0) fetchSnapshots([...skipped]).catch(() => {})
    skipped.clear()
  })
}

/** Asks for whole tables, and applies them. @throws RequestFailed */
export async function fetchSnapshots(topics: readonly TopicName[]): Promise<void> {
  const answer = await get<SnapshotAnswer>(`snapshot?topics=${topics.join()}`)
  apply({ name: 'ping', data: { at: answer.at } })
  for (const snapshot of answer.snapshots) apply({ name: 'snapshot', data: snapshot })
  measuredAt.value = Math.max(measuredAt.peek() ?? 0, answer.measuredAt ?? 0)
}

/** Before the next frame, or soon, where the browser draws no frames because the page is covered. */
function askForFrame(): void {
  if (isFrameAsked) return
  isFrameAsked = true
  const timer = setTimeout(() => {
    cancelAnimationFrame(frame)
    applyWaiting()
  }, FRAME_WITHIN)
  const frame = requestAnimationFrame(() => {
    clearTimeout(timer)
    applyWaiting()
  })
}

function applyWaiting(): void {
  isFrameAsked = false
  const messages = waiting
  waiting = []
  applyNow(messages)
  if (showMoreRows()) askForFrame()
}

function applyNow(messages: readonly LiveMessage[]): void {
  const missing = receive(messages)
  if (messages.some(({ name }) => name === 'hello')) fillSamples().catch(() => {})
  if (missing.size > 0) fetchSnapshots([...missing]).catch(() => {})
}

function sentAt({ name, data }: LiveMessage): number | null {
  if (name === 'ping' || name === 'hello') return data.at
  return name === 'sample' ? data.t : null
}
