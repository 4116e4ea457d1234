import type { Json, JsonObject } from '../../core/json/json.ts'
import type { SnapshotDocument } from '../../core/port/snapshot-store.ts'
import { type ViewDocument, viewId } from '../../core/port/view-store.ts'

/** What of a document a branch commits to: what was computed from the log, and up to where. */
export type SealedContent = {
  readonly key: string
  readonly data: Json
  /** The tidemarks of a view; the version of a snapshot, and the code that computed it. */
  readonly tidemarks: Json
}

/** A document as a seal covers it: all of it. */
export type Sealable = {
  readonly kind: 'view' | 'snapshot'
  readonly content: SealedContent
  /** Everything else, such as the incarnation, the code that computed it, and the mark of a parked view. */
  readonly rest: JsonObject
  readonly seal: Json | undefined
}

/** A view as a seal covers it. */
export function sealableView({ key, data, tidemarks, seal, ...rest }: ViewDocument): Sealable {
  const id = viewId({ projection: rest.projection, version: rest.version, key })
  return { kind: 'view', content: { key, data, tidemarks }, rest: { ...rest, id } as JsonObject, seal }
}

/** A snapshot as a seal covers it. */
export function sealableSnapshot({ id, state, version, definition, seal, ...rest }: SnapshotDocument): Sealable {
  const content = { key: id, data: state, tidemarks: { version, definition } }
  return { kind: 'snapshot', content, rest: rest as JsonObject, seal }
}
