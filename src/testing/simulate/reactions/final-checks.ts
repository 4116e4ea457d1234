import { parkedMark } from '../../../projections/parking/parked-mark.ts'
import { storedState } from '../checks/checks.ts'
import type { Truth } from '../checks/compare.ts'
import type { Ending } from '../checks/final-checks.ts'
import type { LogRecord } from '../workload/log-record.ts'
import type { Writers } from '../workload/writers.ts'
import type { World } from '../world/world.ts'
import { type Beginning, calledWhileParked, wrongEffects } from './checks.ts'
import type { Cause, Outside } from './outside.ts'
import { REACTION } from './reaction.ts'

/** The data for the final checks of a reaction. */
export type ReactionRun = {
  readonly log: LogRecord
  readonly writers: Writers
  /** From now on no event ends its process. */
  readonly fix: () => void
  readonly outside: Outside
  readonly beginning: () => Beginning | 'start'
  readonly isErased: Truth['isErased']
}

/** The final checks of a reaction: what is parked stays so, and everything was done once. */
export const reactionEnding = (
  world: World,
  { log, writers, fix, outside, beginning, isErased }: ReactionRun,
): Ending => ({
  async beforeReplay(settle) {
    fix()
    const waiting: Cause[] = []
    for (const streamId of parkedStreams(world)) {
      const before = log.streams.get(streamId)?.length ?? 0
      const { version: last = 0 } = (await writers.append(streamId)) ?? {}
      for (let version = before + 1; version <= last; version++) waiting.push({ streamId, version })
    }
    if (waiting.length === 0) return
    await settle()
    for (const wrong of calledWhileParked(outside, waiting)) world.fail(wrong)
    const still = parkedStreams(world)
    for (const { streamId } of waiting) {
      world.parts.count('reactions', 'stayedParked')
      if (!still.includes(streamId))
        world.fail(`${streamId} was parked in ${REACTION}, but is not any more, without a replay`)
    }
  },
  async complete() {
    for (const wrong of wrongEffects(log, outside, beginning(), isErased)) world.fail(wrong)
  },
})

const parkedStreams = ({ db }: World): string[] =>
  storedState(db.state)
    .views.filter((view) => view.projection === REACTION && parkedMark(view))
    .map(({ key }) => key)
