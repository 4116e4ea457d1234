import { type Clock, systemClock } from '../../../core/clock.ts'
import { UnknownVersion } from '../../../core/errors/version.ts'
import { pausedSince } from '../../../core/leases/pauses.ts'
import type { StoragePort } from '../../../core/port/storage.ts'
import { isReservedProjection } from '../../../core/port/view-store.ts'
import { readVersionRecord, recordedProjections, type VersionRecord } from '../../../views/version-record.ts'
import { parkedPlaces } from '../../parking/list-parked.ts'
import { type ParkedPlaces, type ParkedTally, tallyOf } from '../../parking/parked-places.ts'
import type { RangeState } from '../../status/range-state.ts'
import { type RangeProgress, rangesOf } from '../version-progress.ts'

/** One feed range of a version, with what is parked there. */
export type RangeSummary = Omit<RangeProgress, 'state'> &
  ParkedTally & {
    /** `parked` as in the status of processors: idle or working, with parked sequences of this range. */
    readonly state: RangeState
  }

/** One version of a projection, as an operator sees it. */
export type VersionSummary = ParkedTally & {
  readonly projection: string
  readonly version: number
  /** Whether it is what readers see. */
  readonly active: boolean
  /** A standby version: it was rolled back from, and becomes active only by command. */
  readonly held: boolean
  /** Its views are being removed. */
  readonly dropping: boolean
  /** When a worker first ran it: ISO 8601 in UTC. */
  readonly since: string | null
  /** When its handlers last changed without a new version: ISO 8601 in UTC. */
  readonly changed: string | null
  /** Events not yet processed, over all ranges. */
  readonly behind: number
  /** Since when it is paused: ISO 8601 in UTC; null when it is not. */
  readonly paused: string | null
  readonly ranges: readonly RangeSummary[]
}

/** Every version of every projection and reaction that was ever run, or of one. @throws UnknownVersion */
export async function listVersions(
  storage: StoragePort,
  projection?: string,
  clock: Clock = systemClock,
): Promise<VersionSummary[]> {
  const names = projection === undefined ? await everyName(storage) : [projection]
  const all: VersionSummary[] = []
  for (const name of names) all.push(...(await versionsOf(storage, name, clock)))
  return all
}

async function everyName({ viewStore, leases }: StoragePort): Promise<string[]> {
  const leased = (await leases.list()).map(({ document }) => document.projection)
  const names = new Set([...(await recordedProjections(viewStore)), ...leased])
  return [...names].filter((name) => !isReservedProjection(name)).sort()
}

async function versionsOf(storage: StoragePort, projection: string, clock: Clock): Promise<VersionSummary[]> {
  const recorded = (await readVersionRecord(storage.viewStore, projection))?.document
  const record = recorded ?? (await withoutRecord(storage, projection))
  const numbers = new Set([...Object.keys(record.versions).map(Number), record.active])
  return Promise.all(
    [...numbers]
      .sort((a, b) => a - b)
      .map(async (version) => {
        const entry = record.versions[version]
        const places = await parkedPlaces(storage.viewStore, { projection, version })
        const ranges = (await rangesOf(storage, projection, version, clock)).map((range) => summaryOf(range, places))
        return {
          projection,
          version,
          active: version === record.active,
          held: entry?.held ?? false,
          dropping: entry?.dropping ?? false,
          since: entry?.since || null,
          changed: (entry && entry.texts.length > 1 && entry.texts.at(-1)?.since) || null,
          behind: ranges.reduce((sum, { behind }) => sum + behind, 0),
          ...tallyOf(places),
          paused: await pausedSince(storage.leases, { projection, version }),
          ranges,
        }
      }),
  )
}

function summaryOf(progress: RangeProgress, places: ParkedPlaces): RangeSummary {
  const tally = tallyOf(places, progress.range)
  const isAtWork = progress.state === 'idle' || progress.state === 'working'
  return { ...progress, ...tally, state: tally.parked > 0 && isAtWork ? 'parked' : progress.state }
}

/** A reaction never has more than one version, and only its leases record it. */
async function withoutRecord({ leases }: StoragePort, projection: string): Promise<VersionRecord> {
  // What is kept among the leases for other purposes has reserved names.
  const [found] = isReservedProjection(projection) ? [] : await leases.list({ projection })
  if (found === undefined) throw new UnknownVersion(projection, null)
  return { active: found.document.version, versions: {} }
}
