import { foldDocuments } from '../../../aggregates/state/fold.ts'
import { initialStates } from '../../../aggregates/state/initial-state.ts'
import { eventReference } from '../../../core/events/event-reference.ts'
import type { Json, JsonObject } from '../../../core/json/json.ts'
import { setMember } from '../../../core/json/json.ts'
import type { EventDocument } from '../../../core/port/event-document.ts'
import type { Fault } from '../../../operations/model/snapshot.ts'
import { decodeFor } from '../../../projections/decode-events.ts'
import { failureOf } from '../../../projections/failure.ts'
import type { Projection } from '../../../projections/projection.ts'
import type { Storage } from '../../../views/with-views.ts'
import { failureOfCode, faultOf } from '../../payloads/fault.ts'
import type { PayloadMode } from '../../payloads/payload.ts'
import { plainJson } from '../../payloads/plain-json.ts'
import { shownChange } from '../../payloads/shown-change.ts'
import type { StateResult } from '../../server/folding.ts'
import { toFailure } from '../failure.ts'
import type { AnyAggregate } from './definitions.ts'
import { withoutVault } from './without-vault.ts'

/** Folds one stream event by event. */
export type StreamFold = {
  /** Folds in one more event. @throws what the user's code throws */
  next(document: EventDocument): Promise<void>
  /** The current state, as a copy that can be shown; null if there is nothing. */
  state(): Json
}

/** The fold of an aggregate's stream. */
export function foldOfAggregate(aggregate: AnyAggregate): StreamFold {
  let state = initialStates(aggregate.initial)()
  return {
    async next(document) {
      state = await foldDocuments(aggregate, state, [document], { vault: withoutVault })
    },
    state: () => plainJson(state),
  }
}

/** The fold of a stream by a projection: an object of the views that its events concern, by their keys. */
export function foldOfProjection(projection: Projection): StreamFold {
  const views = new Map<string, JsonObject | null>()
  return {
    async next(document) {
      const [input] = await decodeFor(projection, [document], withoutVault)
      if (input === undefined) return
      for (const key of projection.keysOf(input.event)) {
        try {
          views.set(key, projection.fold(key, views.get(key) ?? null, input.event) as JsonObject | null)
        } catch (cause) {
          throw failureOf(projection, key, input.event, cause)
        }
      }
    },
    state() {
      if (views.size === 0) return null
      const all: { [key: string]: Json } = {}
      for (const [key, view] of views) setMember(all, key, plainJson(view))
      return all
    },
  }
}

/** The states of a stream before and after the event of a version. @throws StreamDeleted, and those of the storage */
export async function stateAt(
  { events }: Pick<Storage, 'events'>,
  fold: StreamFold,
  streamId: string,
  version: number,
  payloads: PayloadMode,
): Promise<StateResult> {
  if (version === 0) return { ...shownChange(null, fold.state(), payloads), diff: [], error: null }
  let before: Json = null
  for await (const document of events.read(streamId, { to: version })) {
    const at = document.stream.version
    if (at === version) before = fold.state()
    try {
      await fold.next(document)
    } catch (error) {
      return { ...shownChange(before, null, payloads), diff: [], error: faultAt(error, document, payloads) }
    }
  }
  return { ...shownChange(before, fold.state(), payloads), error: null }
}

function faultAt(error: unknown, { stream, eventType }: EventDocument, payloads: PayloadMode): Fault {
  const { code, message } = failureOfCode(toFailure(error), payloads)
  return faultOf({ code, message: `${eventReference(stream.id, stream.version)} (${eventType}): ${message}` })
}
