import { StreamDeleted } from '../../core/errors/append.ts'
import { AppendTooLarge, InvalidEvent, InvalidEventData, InvalidStreamId, NotJson } from '../../core/errors/input.ts'

/** Something to store, when its turn comes. */
export type OutboxEntry = {
  /** When it happened: milliseconds since 1970. */
  readonly at: number
  write(): Promise<unknown>
  /** Called if it will never be stored. */
  lost?(): void
}

/** What could not be stored, because there was too much of it for too long. */
export type Lost = { readonly count: number; readonly from: number; readonly to: number }

/** What waits to be stored, in order: the storage may be away for a while. */
export type Outbox = {
  add(entry: OutboxEntry): void
  /** Stores the pending writes, until something fails; it never throws. One flush runs at a time. */
  flush(): Promise<void>
  /** Why the last write failed; undefined if it succeeded. */
  readonly error: unknown
  readonly size: number
  /** Drops all pending writes, which then count as lost. */
  clear(): void
  /** Takes what was lost since the last call, if anything was. */
  takeLost(): Lost | undefined
}

/** @param most how many entries may wait; of more, the oldest are lost */
export function createOutbox(most: number): Outbox {
  const entries: OutboxEntry[] = []
  let failure: unknown
  let lost: Lost | undefined
  let flushing: Promise<void> | undefined

  function lose(entry: OutboxEntry): void {
    const { at } = entry
    entry.lost?.()
    lost = { count: (lost?.count ?? 0) + 1, from: Math.min(lost?.from ?? at, at), to: Math.max(lost?.to ?? at, at) }
  }

  async function flushAll(): Promise<void> {
    for (let entry = entries[0]; entry !== undefined; entry = entries[0]) {
      try {
        await entry.write()
        failure = undefined
      } catch (error) {
        failure = isRefused(error) ? undefined : error
        if (failure !== undefined) return
        lose(entry)
      }
      // It may have been the oldest of too many meanwhile.
      if (entries[0] === entry) entries.shift()
    }
  }

  return {
    add(entry) {
      entries.push(entry)
      while (entries.length > most) lose(entries.shift() as OutboxEntry)
    },
    flush: () => (flushing ??= flushAll().finally(() => (flushing = undefined))),
    get error() {
      return failure
    },
    get size() {
      return entries.length
    },
    clear() {
      for (const entry of entries.splice(0)) lose(entry)
    },
    takeLost() {
      const taken = lost
      lost = undefined
      return taken
    },
  }
}

// It would be refused again, and must not hold up what comes after it.
const isRefused = (error: unknown): boolean =>
  [NotJson, InvalidStreamId, InvalidEvent, InvalidEventData, AppendTooLarge, StreamDeleted].some(
    (kind) => error instanceof kind,
  )
