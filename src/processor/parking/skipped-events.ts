import { uuidOf } from '../../core/append/uuid.ts'
import { eventReference } from '../../core/events/event-reference.ts'
import type { StoragePort } from '../../core/port/storage.ts'
import { type ViewDocument, type ViewRef, type ViewStore, viewId } from '../../core/port/view-store.ts'
import { assertStreamId } from '../../core/stream-id.ts'
import { droppedOf } from '../../projections/parking/reserved-names.ts'
import type { Projection } from '../../projections/projection.ts'

/** An event that a projection skips by command. */
export type DroppedEvent = {
  readonly streamId: string
  readonly version: number
  /** When this was decided: ISO 8601 in UTC. */
  readonly at: string
}

type ProjectionVersion = Pick<ViewRef, 'projection' | 'version'>

/** Records that a projection version skips an event, whatever view it concerns. Repeating it changes nothing. */
export async function recordDropped(
  { viewStore, incarnation }: Pick<StoragePort, 'viewStore' | 'incarnation'>,
  { projection, version }: ProjectionVersion,
  event: DroppedEvent,
): Promise<void> {
  assertStreamId(event.streamId)
  const ref = refOf({ projection, version }, event)
  const document: ViewDocument = { ...ref, id: viewId(ref), data: { ...event }, incarnation, tidemarks: [] }
  await viewStore.save(document, 'ifAbsent')
}

/** Whether a projection version skips an event. */
export async function isDropped(
  { viewStore }: Pick<StoragePort, 'viewStore'>,
  which: ProjectionVersion,
  event: Pick<DroppedEvent, 'streamId' | 'version'>,
): Promise<boolean> {
  return (await viewStore.get(refOf(which, event))) !== undefined
}

const refOf = (
  { projection, version }: ProjectionVersion,
  event: Pick<DroppedEvent, 'streamId' | 'version'>,
): ViewRef => ({ projection: droppedOf(projection), version, key: uuidOf(event.streamId, String(event.version)) })

/** The events that a projection version skips. */
export async function listDropped(
  viewStore: ViewStore,
  { projection, version }: ProjectionVersion,
): Promise<DroppedEvent[]> {
  const dropped: DroppedEvent[] = []
  for (let after: string | undefined; ; ) {
    const page = await viewStore.query({
      projection: droppedOf(projection),
      version,
      limit: 1000,
      ...(after && { after }),
    })
    dropped.push(...page.views.map(({ document }) => document.data as unknown as DroppedEvent))
    after = page.next
    if (after === undefined) return dropped
  }
}

/** The events that a projection skips, as a processor knows them. */
export type SkippedEvents = {
  /** Returns them. @param again whether to read them again, because something fails */
  known(again: boolean): Promise<(streamId: string, version: number) => boolean>
}

/** Creates the skipped events of a projection; as long as nothing fails, they are read only once. */
export function createSkippedEvents(
  { viewStore }: Pick<StoragePort, 'viewStore'>,
  { name, version }: Projection,
): SkippedEvents {
  let known: ReturnType<SkippedEvents['known']> | undefined

  async function read() {
    const dropped = await listDropped(viewStore, { projection: name, version })
    const ids = new Set(dropped.map((event) => eventReference(event.streamId, event.version)))
    return (streamId: string, at: number) => ids.size > 0 && ids.has(eventReference(streamId, at))
  }

  return {
    known(again) {
      if (known !== undefined && !again) return known
      const reading = read()
      known = reading
      reading.catch(() => {
        if (known === reading) known = undefined
      })
      return reading
    },
  }
}
