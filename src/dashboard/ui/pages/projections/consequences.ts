import type { ProjectionRow } from '../../../contract/topics.ts'

/** What an operator can do with a version of a projection. */
export type VersionAct = 'activate' | 'rebuild' | 'drop'

type Version = Pick<ProjectionRow, 'projection' | 'version' | 'role' | 'kind'>

/** Whether readers see one of several versions; this may be so where a dashboard lacks the code, so that it cannot tell. */
export const isVersioned = ({ kind }: Pick<ProjectionRow, 'kind'>): boolean =>
  kind === 'projection' || kind === 'unknown'

/** Which acts make sense for a version; the storage decides whether they are possible now. */
export function actsOn({ kind, role }: Version): readonly VersionAct[] {
  if (!isVersioned({ kind })) return []
  if (role === 'active') return ['rebuild']
  return role === 'dropping' ? ['drop'] : ['activate', 'rebuild', 'drop']
}

/** In words, what an act will do: one sentence for each consequence. */
export function consequencesOf(act: VersionAct, row: Version, active: number | undefined): readonly string[] {
  const { projection, version, role } = row
  const others = active === undefined || active === version ? 'no version of it' : `version ${active}`
  switch (act) {
    case 'activate':
      return [
        `Everybody who reads ${projection} sees version ${version} instead of ${others}, from one moment to the next.`,
        active !== undefined && active > version
          ? `Version ${active} becomes standby: it is kept up to date while a worker runs it, and only a command makes it active again.`
          : 'The version that was active is kept up to date while a worker runs it, so that you can go back.',
        'It is refused while the version is behind, paused, or has parked sequences.',
      ]
    case 'rebuild':
      return [
        `All views and leases of ${projection} v${version} are deleted, and workers build them again from the start of the feed.`,
        role === 'active'
          ? 'Readers see this version. It can be rebuilt only after a restore of the log made it useless; otherwise this is refused.'
          : `Readers see ${others} meanwhile. This version becomes active by itself when it has caught up.`,
        'It is refused while a worker runs the version: stop those workers first.',
      ]
    case 'drop':
      return [
        `All views and leases of ${projection} v${version} are deleted. The events stay in the log.`,
        'You cannot go back to this version without building it again from the start of the feed.',
        'It is refused while a worker runs the version: stop those workers first.',
      ]
  }
}
