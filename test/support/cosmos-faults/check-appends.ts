import type { StoredEvent } from './acknowledged-events.ts'
import type { Attempt } from './writers.ts'

/** What is wrong with the events of a stream, told what everybody who appended to it knows. */
export function wrongAppends(
  streamId: string,
  events: readonly StoredEvent[],
  attempts: readonly Attempt[],
  tombstone: string,
): string[] {
  const wrong: string[] = []
  let latest = ''
  for (const [i, { id, stream, metadata }] of events.entries()) {
    if (stream.version !== i + 1 || id !== `${streamId}:${i + 1}`) wrong.push(`${id} stands at ${i + 1} of ${streamId}`)
    if (metadata.recordedAt < latest) wrong.push(`${id} was recorded at ${metadata.recordedAt}, after ${latest}`)
    latest = metadata.recordedAt
  }
  const written = Map.groupBy(
    events.filter(({ eventType }) => eventType !== tombstone),
    ({ eventData }) => eventData.of,
  )
  for (const { of, count, outcome, version } of attempts) {
    const found = written.get(of) ?? []
    written.delete(of)
    const last = found.at(-1)?.stream.version
    const told = `append ${of} to ${streamId} was ${outcome}${version === undefined ? '' : ` at ${version}`}`
    const isWhole = found.every(({ eventData, stream }, i) => {
      return eventData.index === i && stream.version === (last as number) - count + 1 + i
    })
    if (found.length > 0 && (found.length !== count || !isWhole)) {
      wrong.push(`${told}, and its ${count} events are at ${found.map(({ stream }) => stream.version).join(' ')}`)
    } else if (outcome === 'acknowledged' && last !== version) {
      wrong.push(`${told}, and ends at ${last ?? 'no version: it was lost'}`)
    } else if (outcome === 'refused' && last !== undefined) wrong.push(`${told}, and ends at ${last}`)
  }
  for (const of of written.keys()) wrong.push(`nobody appended ${of} to ${streamId}`)
  return wrong
}
