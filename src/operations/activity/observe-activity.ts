import { isoTime } from '../../core/iso-time.ts'
import type { Snapshot } from '../model/snapshot.ts'
import { idPartOf } from '../store/id-part.ts'
import type { Outbox } from '../store/outbox.ts'
import type { Records } from '../store/records.ts'
import { recordInstance, type SeenInstance } from './instance-record.ts'
import { serviceCommands } from './service-record.ts'

/** Records what changed since the snapshot before. */
export type ObserveActivity = (snapshot: Snapshot, seen: readonly SeenInstance[] | null) => void

/** Creates what compares snapshots. What it records is decided by what is stored, so it may see a change again. */
export function createObserveActivity(
  { instances, services }: Pick<Records, 'instances' | 'services'>,
  outbox: Outbox,
): ObserveActivity {
  const told = new Map<string, string>()

  /** Whether something is not as it was told last. */
  function isNew(what: string, now: string): boolean {
    if (told.get(what) === now) return false
    told.set(what, now)
    return true
  }

  function observeInstances(at: number, seen: readonly SeenInstance[]): void {
    const ids = new Set(seen.map(({ id }) => `instance ${id}`))
    for (const what of told.keys()) if (what.startsWith('instance ') && !ids.has(what)) told.delete(what)
    for (const one of seen) {
      const about = `instance ${one.id}`
      if (!isNew(about, `${one.state} ${one.startedAt}`)) continue
      outbox.add({ at, write: () => instances.execute(idPartOf(one.id), recordInstance(one)) })
    }
  }

  /** A service has the release of the instance that started last. */
  function observeReleases(at: number, seen: readonly SeenInstance[]): void {
    const running = seen.filter(({ state, release }) => state === 'running' && release !== null)
    const newest = new Map<string, SeenInstance>()
    for (const one of running) {
      const other = newest.get(one.service)
      if (other === undefined || other.startedAt < one.startedAt) newest.set(one.service, one)
    }
    for (const { service, release, startedAt } of newest.values()) {
      const about = `service ${service}`
      if (release === null || !isNew(about, release)) continue
      const command = serviceCommands.updated(service, release, startedAt || isoTime(at))
      outbox.add({ at, write: () => services.execute(idPartOf(service), command) })
    }
  }

  function observeVersions({ at, versions }: Snapshot): void {
    for (const { projection, version, role } of versions ?? []) {
      if (role !== 'active' && role !== 'building') continue
      const about = `version ${projection} ${role}`
      const isFirst = !told.has(about)
      if (!isNew(about, String(version))) continue
      const ref = { projection, version }
      const add = (command: Parameters<typeof services.execute>[1]) =>
        outbox.add({ at, write: () => services.execute(idPartOf(projection), command) })
      if (role === 'building') {
        add(serviceCommands.rebuildStarted(ref, isoTime(at)))
      } else {
        add(serviceCommands.rebuildFinished(ref, isoTime(at)))
        add(serviceCommands.activated(ref, isoTime(at), isFirst))
      }
    }
  }

  return (snapshot, seen) => {
    if (seen !== null) {
      observeInstances(snapshot.at, seen)
      observeReleases(snapshot.at, seen)
    }
    observeVersions(snapshot)
  }
}
