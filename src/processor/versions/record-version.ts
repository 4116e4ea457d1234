import type { Clock } from '../../core/clock.ts'
import { VersionBeingDropped } from '../../core/errors/version.ts'
import type { StoragePort } from '../../core/port/storage.ts'
import { slicesOf, type ViewSlices } from '../../core/positions/view-slices.ts'
import type { Projection } from '../../projections/projection.ts'
import { changeVersionRecord, type VersionEntry } from '../../views/version-record.ts'

/** What is known about a projection's version when a worker starts on it. */
export type RecordedVersion = {
  /** The version that readers see. */
  readonly active: number
  /** When a worker first ran this version: ISO 8601 in UTC. */
  readonly since: string
  /** Since when other handlers are recorded under this version, if the current ones are new: ISO 8601 in UTC. */
  readonly changedSince: string | null
  /** The slices that its views are stored by, if they are stored in parts. */
  readonly slices: ViewSlices | undefined
}

// After this many changes of the handlers without a new version, there were enough warnings.
const TEXTS = 20

/**
 * Records that a worker runs this version of a projection. Readers see the first version that was ever recorded, until
 * a switch. The worker that first records a version fixes how the views of a projection with `merge` are sliced.
 *
 * @throws VersionBeingDropped
 */
export async function recordVersion(
  storage: Pick<StoragePort, 'viewStore' | 'incarnation' | 'feed'>,
  clock: Clock,
  { name, version, fingerprint, merge }: Pick<Projection, 'name' | 'version' | 'fingerprint' | 'merge'>,
): Promise<RecordedVersion> {
  let changedSince: string | null = null
  const slices = merge && slicesOf(await storage.feed.ranges())
  const record = await changeVersionRecord(storage, name, (known) => {
    const since = new Date(clock.now()).toISOString()
    const entry: VersionEntry = known?.versions[version] ?? { since, texts: [] }
    if (entry.dropping) throw new VersionBeingDropped(name, version)
    const isKnown = entry.texts.some(({ hash }) => hash === fingerprint)
    changedSince = isKnown ? null : (entry.texts.at(-1)?.since ?? null)
    if (known && isKnown) return undefined
    const texts = isKnown ? entry.texts : [...entry.texts, { hash: fingerprint, since }].slice(-TEXTS)
    const isNew = entry.texts.length === 0
    return {
      active: version,
      ...known,
      versions: { ...known?.versions, [version]: { ...entry, texts, ...(isNew && slices && { slices }) } },
    }
  })
  const { since = new Date(clock.now()).toISOString(), slices: fixed } = record?.versions[version] ?? {}
  return { active: record?.active ?? version, since, changedSince, slices: fixed }
}
