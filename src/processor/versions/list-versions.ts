import { UnknownVersion } from '../../core/errors/version.ts'
import { pausedSince } from '../../core/leases/pauses.ts'
import type { StoragePort } from '../../core/port/storage.ts'
import { containsHash } from '../../core/positions/hash-interval.ts'
import { readVersionRecord, recordedProjections, type VersionRecord } from '../../views/version-record.ts'
import { parkedHashes } from '../parking/list-parked.ts'
import type { RangeState } from '../status/status.ts'
import { type RangeProgress, rangesOf } from './version-progress.ts'

/** One feed range of a version, with what is parked there. */
export type RangeSummary = Omit<RangeProgress, 'state'> & {
  /** `parked` as in the status of processors: idle or working, with parked sequences of this range. */
  readonly state: RangeState
  /** Parked sequences that began with an event of this range. */
  readonly parked: number
}

/** One version of a projection, as an operator sees it. */
export type VersionSummary = {
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
  readonly parked: number
  /** Since when it is paused: ISO 8601 in UTC; null when it is not. */
  readonly paused: string | null
  readonly ranges: readonly RangeSummary[]
}

/** Every version of every projection and reaction that was ever run, or of one. @throws UnknownVersion */
export async function listVersions(storage: StoragePort, projection?: string): Promise<VersionSummary[]> {
  const names = projection === undefined ? await everyName(storage) : [projection]
  const all: VersionSummary[] = []
  for (const name of names) all.push(...(await versionsOf(storage, name)))
  return all
}

async function everyName({ viewStore, leases }: StoragePort): Promise<string[]> {
  const leased = (await leases.list()).map(({ document }) => document.projection)
  const names = new Set([...(await recordedProjections(viewStore)), ...leased])
  return [...names].filter((name) => !name.startsWith('$')).sort()
}

async function versionsOf(storage: StoragePort, projection: string): Promise<VersionSummary[]> {
  const recorded = (await readVersionRecord(storage.viewStore, projection))?.document
  const record = recorded ?? (await withoutRecord(storage, projection))
  const numbers = new Set([...Object.keys(record.versions).map(Number), record.active])
  return Promise.all(
    [...numbers]
      .sort((a, b) => a - b)
      .map(async (version) => {
        const entry = record.versions[version]
        const hashes = await parkedHashes(storage.viewStore, { projection, version })
        const ranges = (await rangesOf(storage, projection, version)).map((range) => summaryOf(range, hashes))
        return {
          projection,
          version,
          active: version === record.active,
          held: entry?.held ?? false,
          dropping: entry?.dropping ?? false,
          since: entry?.since || null,
          changed: (entry && entry.texts.length > 1 && entry.texts.at(-1)?.since) || null,
          behind: ranges.reduce((sum, { behind }) => sum + behind, 0),
          parked: hashes.length,
          paused: await pausedSince(storage.leases, { projection, version }),
          ranges,
        }
      }),
  )
}

function summaryOf(progress: RangeProgress, hashes: readonly string[]): RangeSummary {
  const parked = hashes.filter((hash) => containsHash(progress.range, hash)).length
  const isAtWork = progress.state === 'idle' || progress.state === 'working'
  return { ...progress, state: parked > 0 && isAtWork ? 'parked' : progress.state, parked }
}

/** A reaction never has more than one version, and only its leases record it. */
async function withoutRecord({ leases }: StoragePort, projection: string): Promise<VersionRecord> {
  // What is kept among the leases for other purposes has reserved names.
  const [found] = projection.startsWith('$') ? [] : await leases.list({ projection })
  if (found === undefined) throw new UnknownVersion(projection, null)
  return { active: found.document.version, versions: {} }
}
