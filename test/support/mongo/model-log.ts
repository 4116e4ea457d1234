import type { Attempt } from '../../../src/adapters/mongo/client/run.ts'
import type { PlannedAppend, StoredSlot } from '../../../src/adapters/mongo/documents.ts'
import type { SequencerHandle } from '../../../src/adapters/mongo/sequence/sequencer.ts'

/** What a slot and its events come to, as far as giving LSNs is concerned. */
export type ModelEvent = {
  readonly _id: string
  readonly stream: { readonly id: string; readonly version: number }
  readonly append: { readonly id: string }
  readonly metadata: { readonly recordedAt: string }
  lsn?: number
  pending?: true
}

/** All documents at one moment. */
type State = { readonly slot: StoredSlot; readonly events: ReadonlyMap<string, ModelEvent> }

/** A session, by the moment that it has seen: an index of the states that there were. */
type ModelSession = { operationTime: number; advanceOperationTime(to: number): void }

/** How many states behind the last one a read may be, at most; its session's moment is the bound. */
export type Staleness = () => number

/** Waits until it is this process's turn; it never resolves for one that was killed. */
export type Step = (what: string) => Promise<void>

/**
 * A database of one slot, in memory, that does to whoever gives LSNs what a server may do: every document is written by
 * itself, and a scan sees what is committed by the time that it comes by, so that it may miss what comes behind it.
 */
export class ModelLog {
  readonly events = new Map<string, ModelEvent>()
  slot: StoredSlot = { _id: 0, counter: 0 }
  readonly #states: State[] = []

  /** A session of a process that has seen nothing yet. */
  attempt(): Attempt {
    const session: ModelSession = {
      operationTime: 0,
      advanceOperationTime(to) {
        this.operationTime = Math.max(this.operationTime, to)
      },
    }
    return { session } as unknown as Attempt
  }

  /** Commits an append. */
  append(streamId: string, first: number, size: number, id: string, recordedAt: string): void {
    for (let version = first; version < first + size; version++) {
      const _id = `${streamId}:${version}`
      this.events.set(_id, {
        _id,
        stream: { id: streamId, version },
        append: { id },
        metadata: { recordedAt },
        pending: true,
      })
    }
    this.#written()
  }

  /** Erases an event. */
  erase(id: string): void {
    this.events.delete(id)
    this.#written()
  }

  /** What has an LSN up to this one, in their order, as somebody reads it now; without a session, as it is. */
  upTo(head: number, { session }: Partial<Attempt> = {}, staleness?: Staleness): string[] {
    const { events } = session ? this.#read(session, staleness) : this
    const given = [...events.values()].filter(({ lsn = Number.POSITIVE_INFINITY }) => lsn <= head)
    return given
      .toSorted((a, b) => (a.lsn as number) - (b.lsn as number) || a.stream.version - b.stream.version)
      .map(({ _id, lsn }) => `${lsn} ${_id}`)
  }

  #written(session?: unknown): void {
    this.#states.push(structuredClone({ slot: this.slot, events: this.events }))
    if (session) (session as ModelSession).advanceOperationTime(this.#states.length)
  }

  // Whoever has just become the primary shows an older state, though none that is older than what he is told of.
  #read(session: unknown, staleness: Staleness = () => 0): State {
    if (this.#states.length === 0) this.#written()
    const { operationTime } = session as ModelSession
    const time = Math.max(operationTime, this.#states.length - staleness(), 1)
    ;(session as ModelSession).advanceOperationTime(time)
    return this.#states[time - 1] as State
  }

  /** A handle as one process has it, whose every step is taken in turn, and which may be shown older states. */
  handle(step: Step, staleness?: Staleness): SequencerHandle {
    const slots = {
      findOne: async (_: object, { session }: Attempt) => {
        await step('read the slot')
        return structuredClone(this.#read(session, staleness).slot)
      },
      updateOne: async (filter: { counter: number }, update: SlotUpdate, { session }: Partial<Attempt> = {}) => {
        await step('write the slot')
        const matches = this.slot.counter === filter.counter
        if (matches) this.slot = updated(this.slot, update)
        this.#written(session)
        await step('hear of it')
        return { matchedCount: matches ? 1 : 0 }
      },
    }
    const events = {
      find: (_: object, { session }: Attempt) => this.#scan(step, () => this.#read(session, staleness).events),
      findOne: async ({ _id: { $in } }: { _id: { $in: string[] } }, { session }: Attempt) => {
        await step('look for what the scan has missed')
        const { events } = this.#read(session, staleness)
        return $in.map((id) => events.get(id)).find((event) => event?.pending) ?? null
      },
      bulkWrite: async (updates: readonly EventUpdate[], { session }: Attempt) => {
        for (const { updateOne } of updates) {
          await step('write an event')
          const event = this.events.get(updateOne.filter._id)
          if (event?.pending !== true) continue
          event.lsn = updateOne.update.$set.lsn
          delete event.pending
          this.#written()
        }
        this.#written(session)
      },
    }
    const collections = { slots, events } as unknown as SequencerHandle['collections']
    return { collections, during: (begun) => begun }
  }

  #scan(step: Step, look: () => State['events']) {
    let limit = Number.POSITIVE_INFINITY
    const cursor = {
      sort: () => cursor,
      hint: () => cursor,
      project: () => cursor,
      batchSize: () => cursor,
      limit: (most: number) => {
        limit = most
        return cursor
      },
      toArray: async () => {
        const found: ModelEvent[] = []
        while (found.length < limit) {
          await step('scan')
          const next = [...look().values()]
            .filter((event) => event.pending && (found.length === 0 || placeOf(event) > placeOf(found.at(-1))))
            .toSorted((a, b) => (placeOf(a) < placeOf(b) ? -1 : 1))
          if (next.length === 0) break
          found.push(structuredClone(next[0] as ModelEvent))
        }
        return found
      },
    }
    return cursor
  }
}

type SlotUpdate = {
  readonly $set?: { readonly counter: number; readonly latest: string; readonly plan: readonly PlannedAppend[] }
  readonly $unset?: { readonly plan: '' }
}

type EventUpdate = {
  readonly updateOne: { readonly filter: { readonly _id: string }; readonly update: { readonly $set: { lsn: number } } }
}

function updated({ plan, ...slot }: StoredSlot, { $set, $unset }: SlotUpdate): StoredSlot {
  return structuredClone({ ...slot, ...(plan && !$unset && { plan }), ...$set })
}

const placeOf = (event: ModelEvent | undefined): string =>
  event ? `${event.metadata.recordedAt} ${event.stream.id} ${String(event.stream.version).padStart(5, '0')}` : ''
