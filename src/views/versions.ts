import type { StoragePort } from '../core/port/storage.ts'
import { type ViewDocument, type ViewRef, type ViewStore, viewId } from '../core/port/view-store.ts'

/**
 * The reserved projection under which the active version of each projection is stored: one document a projection, its
 * key the projection's name, its data `{ active }`. No projection can take this name.
 */
export const VERSIONS = '$versions'

const versionRef = (projection: string): ViewRef => ({ projection: VERSIONS, version: 1, key: projection })

/** The version whose views readers see, or undefined where none was recorded yet. */
export async function activeVersion(viewStore: ViewStore, projection: string): Promise<number | undefined> {
  const stored = await viewStore.get(versionRef(projection))
  const active = stored?.document.data?.active
  return typeof active === 'number' ? active : undefined
}

/** Records the version that readers shall see, unless one is recorded already. @returns the one that holds */
export async function recordFirstVersion(
  storage: Pick<StoragePort, 'viewStore' | 'incarnation'>,
  projection: string,
  version: number,
): Promise<number> {
  const recorded = await activeVersion(storage.viewStore, projection)
  if (recorded !== undefined) return recorded
  const ref = versionRef(projection)
  const document: ViewDocument = {
    ...ref,
    id: viewId(ref),
    data: { active: version },
    incarnation: storage.incarnation,
    tidemarks: [],
  }
  const { saved } = await storage.viewStore.save(document, 'ifAbsent')
  return saved ? version : ((await activeVersion(storage.viewStore, projection)) ?? version)
}

/**
 * Reads from the active version. The version is looked at **after** the read, against the one that was read from: had
 * it been looked at before, a switch in between could give a view of the old version that is ahead of the new one, and
 * the next read would go back.
 *
 * @param guess the version to try first
 */
export async function readActive<T>(
  viewStore: ViewStore,
  projection: { readonly name: string; readonly version: number },
  guess: number,
  read: (version: number) => Promise<T>,
): Promise<{ readonly value: T; readonly version: number }> {
  for (let version = guess; ; ) {
    const value = await read(version)
    const active = (await activeVersion(viewStore, projection.name)) ?? projection.version
    if (active === version) return { value, version }
    version = active
  }
}
