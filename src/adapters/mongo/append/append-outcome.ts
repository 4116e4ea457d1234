import { judgeAppend } from '../../../core/append/append-rules.ts'
import { isExpected } from '../../../core/append/expected-version.ts'
import { isSameJson } from '../../../core/json/same-json.ts'
import type { AppendItem, Head, KnownEvent, Outcome } from './items.ts'

/**
 * The outcome of an append in a stream, or undefined if its events are to be written.
 *
 * @param known an event of the stream by its id, or undefined if it has none
 */
export function judge(
  item: AppendItem,
  head: Head,
  known: (eventId: string) => KnownEvent | undefined,
): Outcome | undefined {
  return item.kind === 'append' ? judgeEvents(item, head, known) : judgeTombstone(item, head, known)
}

function judgeEvents(
  { expected, events, appendId }: AppendItem,
  head: Head,
  known: (eventId: string) => KnownEvent | undefined,
): Outcome | undefined {
  if (head.deleted) return { kind: 'deleted' }
  const ids = events.map(({ eventId }) => eventId)
  const verdict = judgeAppend(expected, head.version, ids, (id) => known(id)?.version)
  if (verdict.kind === 'append') return undefined
  if (verdict.kind === 'conflict') return { kind: 'conflict', actual: head.version }
  for (const { eventId, type, data } of events) {
    const stored = known(eventId)
    if (stored?.type !== type || !isSameJson(stored.data(), JSON.parse(data))) {
      return { kind: 'reused', eventId }
    }
  }
  return written(appendId, known(ids.at(-1) as string) as KnownEvent)
}

function judgeTombstone(
  { expected, events, appendId }: AppendItem,
  head: Head,
  known: (eventId: string) => KnownEvent | undefined,
): Outcome | undefined {
  if (head.version === 0) return { kind: 'absent' }
  const eventId = events[0]?.eventId as string
  const stored = known(eventId)
  if (head.deleted) return stored?.version === head.version ? written(appendId, stored) : { kind: 'deleted' }
  if (!isExpected(expected, head.version)) return { kind: 'conflict', actual: head.version }
  return stored && { kind: 'reused', eventId }
}

// Events with the append's own id were written by an earlier attempt of it, whose response was lost.
const written = (appendId: string, { version, appendId: of }: KnownEvent): Outcome => ({
  kind: of === appendId ? 'appended' : 'duplicate',
  version,
})
