import { concurrently } from '../../../core/async/concurrently.ts'
import { StreamDeleted } from '../../../core/errors/append.ts'
import type { EventLog } from '../../../core/port/event-log.ts'
import type { StreamsAnswer } from '../../contract/requests.ts'
import { textOf, wholeNumberOf } from '../input/query.ts'
import { readRoute } from '../read-route.ts'

// Heads that are read at the same time.
const AT_ONCE = 8

export const listStreamsRoute = readRoute('streams', async ({ query, signal }, { storage }): Promise<StreamsAnswer> => {
  const limit = wholeNumberOf(query, 'limit', { least: 1, most: 200 }) ?? 50
  const category = textOf(query, 'category')
  const prefix = textOf(query, 'prefix') ?? ''
  const after = textOf(query, 'after')
  const { ids, isLast } = await idsOf(storage.events, { category, prefix, after, limit, signal })
  const versions = await headsOf(storage.events, ids)
  return {
    streams: ids.map((streamId) => ({ streamId, version: versions.get(streamId) ?? null })),
    next: isLast ? null : (ids.at(-1) ?? null),
  }
})

type Selection = {
  readonly category: string | undefined
  readonly prefix: string
  readonly after: string | undefined
  readonly limit: number
  readonly signal: AbortSignal
}

/** Streams in the order of their ids: those that begin with a prefix are together, right behind the prefix itself. */
async function idsOf(
  events: EventLog,
  { category, prefix, after, limit, signal }: Selection,
): Promise<{ readonly ids: readonly string[]; readonly isLast: boolean }> {
  const isFirst = after === undefined || !after.startsWith(prefix)
  const ids: string[] = isFirst && (await isStream(events, prefix, category)) ? [prefix] : []
  const place = isFirst ? prefix : after
  const selected = { signal, ...(category !== undefined && { category }), ...(place !== '' && { after: place }) }
  for await (const id of events.streams({ ...selected, limit: limit + 1 })) {
    if (!id.startsWith(prefix)) return { ids, isLast: true }
    if (ids.length === limit) return { ids, isLast: false }
    ids.push(id)
  }
  return { ids, isLast: true }
}

/** Whether a prefix is itself the id of a stream. */
async function isStream(events: EventLog, id: string, category: string | undefined): Promise<boolean> {
  const parts = id.split(':')
  if (parts.length < 2 || parts.length > 3 || parts.includes('')) return false
  if (category !== undefined && parts[0] !== category) return false
  return (await headOf(events, id)) !== null
}

async function headsOf(events: EventLog, ids: readonly string[]): Promise<ReadonlyMap<string, number | null>> {
  const heads = new Map<string, number | null>()
  await concurrently(AT_ONCE, ids, async (id) => {
    heads.set(id, await headOf(events, id))
    return []
  })
  return heads
}

/** The version of a stream; null if it does not exist, or was deleted meanwhile. */
async function headOf(events: EventLog, id: string): Promise<number | null> {
  try {
    return (await events.load(id, { limit: 0 })).version || null
  } catch (error) {
    if (error instanceof StreamDeleted) return null
    throw error
  }
}
