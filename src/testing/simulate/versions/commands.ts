import type { Clock } from '../../../core/clock.ts'
import { FeedRangeGone } from '../../../core/errors/feed.ts'
import { StorageBusy, StorageUnavailable } from '../../../core/errors/storage.ts'
import { UnknownVersion, VersionActive, VersionBehind, VersionInUse } from '../../../core/errors/version.ts'
import type { StoragePort } from '../../../core/port/storage.ts'
import { activateVersion } from '../../../processor/versions/activate-version.ts'
import { dropVersion, rebuildVersion } from '../../../processor/versions/drop-version.ts'
import { reservedOf } from '../../../projections/parking/reserved-names.ts'
import { readVersionRecord, type VersionRecord } from '../../../views/version-record.ts'
import { below, oneOf } from '../../conformance/support/random.ts'
import { storedState } from '../checks/checks.ts'
import { faultyPort } from '../storage/faulty-port.ts'
import { createClock } from '../world/clock.ts'
import type { Actor } from '../world/scheduler.ts'
import { PACE } from '../world/timings.ts'
import type { World } from '../world/world.ts'
import { VERSIONS } from './releases.ts'

/** Operators that run commands on the versions of one projection, each in its own process. */
export type Commands = {
  /**
   * An operator rebuilds a version, drops it, or activates it, and may fail.
   *
   * @param version the version
   * @param vacate stops the workers of a version
   */
  give(random: () => number, version: number, vacate: (version: number) => void): void
  /** Completes what was interrupted: a version that was to be removed. */
  complete(): Promise<void>
  /** Makes a version active. */
  activate(version: number): Promise<void>
  /** Drops all versions but the active one, and checks that nothing of them is left. */
  dropOthers(): Promise<void>
}

// Errors that a command may get while workers run and the storage is at its worst.
const EXPECTED = [
  FeedRangeGone,
  UnknownVersion,
  VersionActive,
  VersionBehind,
  VersionInUse,
  StorageUnavailable,
  StorageBusy,
]

// Virtual milliseconds between attempts if another process is in the way, which may have died only recently.
const AGAIN = 2_000
const ATTEMPTS = 60

type Command = (storage: StoragePort, which: { name: string; version: number }, clock: Clock) => Promise<unknown>

const commands = {
  rebuild: rebuildVersion,
  drop: dropVersion,
  activate: (storage, which, clock) => activateVersion(storage, which, { clock }),
} satisfies Record<string, Command>

/** Creates the operators; `interpose` is between them and their storage. */
export function createCommands(world: World, name: string, interpose: (port: StoragePort) => StoragePort): Commands {
  const { trace, parts, scheduler, db } = world
  let count = 0

  function newOperator(faulty: boolean) {
    const actor: Actor = { name: `cmd${++count}`, alive: true, pausedUntil: 0 }
    const crash = () => {
      parts.count('versions', 'commandCrashed')
      actor.alive = false
    }
    const port = interpose(faultyPort(world, { actor, faulty, unreachable: () => false, crash }))
    return { name: actor.name, port, clock: createClock(scheduler, actor) }
  }

  async function carryOut(what: keyof typeof commands, version: number, faulty: boolean): Promise<void> {
    const { name: who, port, clock } = newOperator(faulty)
    trace.note(`${who}: ${what} ${name}:${version}`)
    try {
      await commands[what](port, { name, version }, clock)
      trace.note(`${who}: done`)
      parts.count('versions', what)
    } catch (error) {
      trace.note(`${who} reports ${error}`)
      parts.count('versions', `${what}Refused`)
      throw error
    }
  }

  /** Runs a command without faults, and retries it as long as another process is in the way. */
  async function insist(
    what: keyof typeof commands,
    version: number,
    isNeedless: () => Promise<boolean> = async () => false,
  ): Promise<void> {
    const clock = createClock(scheduler)
    for (let attempt = 1; ; attempt++) {
      try {
        return await carryOut(what, version, false)
      } catch (error) {
        if (await isNeedless()) return
        if (!(error instanceof VersionInUse || error instanceof VersionBehind) || attempt === ATTEMPTS) throw error
        await clock.sleep(AGAIN)
      }
    }
  }

  const record = async (): Promise<VersionRecord | undefined> => (await readVersionRecord(db.viewStore, name))?.document

  return {
    give(random, version, vacate) {
      const what = oneOf(random, ['rebuild', 'rebuild', 'drop', 'activate'] as const)
      const isOrderly = what !== 'activate' && random() < 0.7
      if (isOrderly) vacate(version)
      scheduler.after(isOrderly ? below(random, PACE.lease) : 0, undefined, () => {
        carryOut(what, version, true).catch((error) => {
          if (EXPECTED.some((kind) => error instanceof kind)) return
          world.fail(`${what} failed with ${error instanceof Error ? error.stack : error}`)
        })
      })
    },
    async complete() {
      const isDropping = async (version: number) => (await record())?.versions[version]?.dropping ?? false
      for (const version of VERSIONS) {
        // The process that began it may still be running it.
        if (await isDropping(version)) await insist('rebuild', version, async () => !(await isDropping(version)))
      }
    },
    async activate(version) {
      if ((await record())?.active !== version) await insist('activate', version)
      else parts.count('versions', 'switchedByThemselves')
    },
    async dropOthers() {
      const found = await record()
      for (const version of Object.keys(found?.versions ?? {}).map(Number)) {
        if (version === found?.active) continue
        await insist('drop', version)
        for (const left of leftOf(version)) world.fail(`${name}:${version} was dropped, but ${left} is left`)
      }
    },
  }

  function leftOf(version: number): string[] {
    const names = [...reservedOf(name), name]
    const views = storedState(db.state).views.filter(
      (view) => view.version === version && names.includes(view.projection),
    )
    const leases = [...db.state.leases.keys()].filter((id) => id.startsWith(`${name}:${version}:`))
    return [...views.map(({ id }) => id), ...leases]
  }
}
