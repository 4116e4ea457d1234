import type { Clock } from '../../core/clock.ts'
import type { Stored } from '../../core/port/save.ts'
import type { StoragePort } from '../../core/port/storage.ts'
import type { ViewDocument } from '../../core/port/view-store.ts'
import { assertIncarnation } from '../../core/positions/log-identity.ts'
import { readActive } from '../../views/active-version.ts'
import { documentKeys, placeIn, type ViewPlace, viewOf } from '../../views/parts.ts'
import type { ProjectionRef } from '../../views/projection-ref.ts'
import { createHandoverGate } from '../../views/switch-gate.ts'
import { readVersionRecord, type VersionRecord } from '../../views/version-record.ts'
import type { StateRef, ViewState } from './state-cache.ts'
import { versionVector } from './version-vector.ts'

/** Where the views of a projection are stored, and the generation of their states. */
export type StatePlace = ViewPlace & Pick<StateRef, 'environment' | 'generation'>

/** The stored documents of views, by the views' keys, and where they are stored. */
export type ViewDocuments = {
  readonly place: StatePlace
  /** What is stored for each key that was asked for: one document, or one for each part; none if there is no view. */
  readonly byKey: ReadonlyMap<string, readonly Stored<ViewDocument>[]>
}

/** Reads the documents of views, of the version that readers see. */
export type ViewDocumentReader = {
  /** Where the views of a projection are. It may have changed up to a second ago. */
  placeOf(projection: ProjectionRef): Promise<StatePlace>
  /** @throws IncarnationMismatch, and those of the view store */
  read(projection: ProjectionRef, keys: readonly string[]): Promise<ViewDocuments>
}

// How long what is known of the active version is trusted: milliseconds.
const TRUSTED = 1_000

/** Creates the reader of one storage. */
export function viewDocumentReader(port: StoragePort, clock: Clock): ViewDocumentReader {
  const { viewStore, incarnation, environment } = port
  const gate = createHandoverGate(port, clock)
  const seen = new Map<string, { readonly place: StatePlace; readonly at: number }>()

  // The record changes at each switch, also back to a version whose cached states were no longer updated.
  function note({ name }: ProjectionRef, place: ViewPlace, recorded: Stored<VersionRecord> | undefined): StatePlace {
    const generation = `${incarnation}.${place.version}.${recorded?.etag ?? ''}`
    const noted = { ...place, generation, ...(environment !== undefined && { environment }) }
    seen.set(name, { place: noted, at: clock.now() })
    return noted
  }

  return {
    async placeOf(projection) {
      const known = seen.get(projection.name)
      if (known && Math.abs(clock.now() - known.at) < TRUSTED) return known.place
      const recorded = await readVersionRecord(viewStore, projection.name)
      return note(projection, placeIn(recorded?.document, projection), recorded)
    },

    async read(projection, keys) {
      const guess = seen.get(projection.name)?.place ?? { version: projection.version }
      const { value, place, recorded } = await readActive(viewStore, gate, projection, guess, (from) =>
        viewStore.getMany(
          projection.name,
          from.version,
          keys.flatMap((key) => documentKeys(key, from)),
        ),
      )
      for (const { document } of value.values()) assertIncarnation(document, incarnation)
      const byKey = keys.map((key) => [key, documentKeys(key, place).flatMap((one) => value.get(one) ?? [])] as const)
      return { place: note(projection, place, recorded), byKey: new Map(byKey) }
    },
  }
}

/**
 * The state of a view; undefined if there is no view.
 *
 * @throws what `merge` throws
 */
export function stateOf(
  projection: ProjectionRef,
  { place, byKey }: ViewDocuments,
  key: string,
): ViewState | undefined {
  const documents = byKey.get(key) ?? []
  if (documents.length === 0) return undefined
  const { environment, generation, version } = place
  return {
    ...(environment !== undefined && { environment }),
    projection: projection.name,
    generation,
    key,
    version,
    vector: versionVector(documents.flatMap(({ document }) => document.tidemarks)),
    data: viewOf(projection, place, documents),
    isParked: documents.some(({ document }) => document.parked !== undefined),
  }
}
