import { FeedRangeGone } from '../../../core/errors/feed.ts'
import { StorageBusy, StorageUnavailable } from '../../../core/errors/storage.ts'
import { UnknownVersion, VersionBeingDropped } from '../../../core/errors/version.ts'
import { pauseIn, type VersionName } from '../../../core/leases/pauses.ts'
import type { LeaseDocument } from '../../../core/port/lease-store.ts'
import type { StoragePort } from '../../../core/port/storage.ts'
import { isReservedProjection } from '../../../core/port/view-store.ts'
import { pauseVersion, rangesAtWork, resumeVersion } from '../../../processor/versions/pause-version.ts'
import type { Projection } from '../../../projections/projection.ts'
import { oneOf } from '../../conformance/support/random.ts'
import { storedState } from '../checks/checks.ts'
import type { Ending } from '../checks/final-checks.ts'
import { faultyPort } from '../storage/faulty-port.ts'
import type { Writers } from '../workload/writers.ts'
import { createClock } from '../world/clock.ts'
import type { Actor } from '../world/scheduler.ts'
import { PACE } from '../world/timings.ts'
import type { World } from '../world/world.ts'

/** Operators who pause and resume projections and reactions, each in a process of its own. */
export type Pauses = {
  /** An operator pauses or resumes whatever version has leases, and meets with what goes wrong. */
  toggle(random: () => number): void
  /**
   * Once the faults are over, resumes everything; later pauses all that runs, and looks that nothing is processed until
   * it is resumed.
   */
  ending(writers: Writers, projections: () => readonly Projection[]): Ending
}

// What may come of a command while workers work and the storage is at its worst.
const EXPECTED = [FeedRangeGone, UnknownVersion, VersionBeingDropped, StorageUnavailable, StorageBusy]

// Virtual milliseconds in which a worker that was not paused would read what was appended, and between looks.
const WAIT = 4 * PACE.lease
const LOOK = 100

/** Makes the operators; `interpose` stands between them and their storage. */
export function createPauses(world: World, interpose: (port: StoragePort) => StoragePort): Pauses {
  const { trace, parts, scheduler, db } = world
  const clock = createClock(scheduler)
  let count = 0

  function operator(): StoragePort {
    const actor: Actor = { name: `pause${++count}`, alive: true, pausedUntil: 0 }
    const crash = () => {
      actor.alive = false
    }
    return interpose(faultyPort(world, { actor, faulty: true, unreachable: () => false, crash }))
  }

  const stored = (): LeaseDocument[] => [...db.state.leases.values()].map(({ json }) => JSON.parse(json))
  const processed = ({ name, version }: Projection): string =>
    JSON.stringify([
      storedState(db.state).views.filter((view) => view.projection === name && view.version === version),
      stored().flatMap((lease) => (lease.projection === name && lease.version === version ? [lease.readTo] : [])),
    ])

  return {
    toggle(random) {
      const leases = stored().filter(({ projection }) => !isReservedProjection(projection))
      if (leases.length === 0) return
      const { projection: name, version } = oneOf(random, leases)
      const what = random() < 0.5 ? 'pause' : 'resume'
      trace.note(`${what} ${name}:${version}`)
      const port = operator()
      const work =
        what === 'pause' ? pauseVersion(port, { name, version }, clock) : resumeVersion(port, { name, version })
      work.then(
        () => parts.count('pauses', what),
        (error) => {
          trace.note(`${what} ends with ${error}`)
          if (EXPECTED.some((kind) => error instanceof kind)) return
          world.fail(`${what} met ${error instanceof Error ? error.stack : error}`)
        },
      )
    },

    ending: (writers, projections) => ({
      async prepare() {
        // What was sent before the faults ended may still arrive.
        await clock.sleep(PACE.late)
        for (const pause of stored().flatMap((lease) => pauseIn(lease) ?? [])) await resumed(pause)
      },
      async beforeReplay(settle) {
        const all = projections()
        for (const { name, version } of all) await pauseVersion(db, { name, version }, clock)
        for (const which of all) while ((await rangesAtWork(db, which, clock)) > 0) await clock.sleep(LOOK)
        const before = all.map(processed)
        for (const streamId of writers.streams) await writers.append(streamId)
        await clock.sleep(WAIT)
        for (const [i, projection] of all.entries()) {
          const { name, version } = projection
          if (processed(projection) !== before[i]) world.fail(`${name}:${version} was paused, and folded events`)
          await resumed({ projection: name, version })
        }
        parts.count('pauses', 'looked')
        await settle()
      },
    }),
  }

  async function resumed({ projection, version }: VersionName): Promise<void> {
    await resumeVersion(db, { name: projection, version })
    trace.note(`resumed ${projection}:${version}`)
  }
}
