import { randomFrom } from '../../../../../src/core/random.ts'
import type { Snapshot } from '../../../../../src/operations/model/snapshot.ts'
import { failing, HOUR, healthy, iso, MINUTE, NOON, range, SECOND, storage, version } from '../support/snapshots.ts'

/** How often is looked: so rarely that hours are few looks. */
export const EVERY = MINUTE

/** What there is to see at one look. */
export type Step = {
  /** Milliseconds since the look before. */
  readonly passed: number
  /** By how much the clock of the evaluating process jumped meanwhile. */
  readonly jump: number
  /** Whether another process continues with what is stored. */
  readonly restart: boolean
  /** What the ping said; null if there was none. */
  readonly ping: boolean | null
  /** The age of the oldest event in milliseconds, that the version is paused, or null if the versions cannot be read. */
  readonly age: number | 'paused' | null
  /** The state of the range. */
  readonly range: 'idle' | 'stalled' | 'unowned'
}

const AGES = [0, 0, 20 * SECOND, 45 * SECOND, 2 * MINUTE, 2 * MINUTE, 7 * MINUTE, 15 * MINUTE] as const

/** A trace of faults, missing data, restarts and jumps, in which states last for some looks. */
export function traceOf(seed: number, looks: number): Step[] {
  const random = randomFrom(seed)
  const oneOf = <T>(values: readonly T[]): T => values[Math.floor(random() * values.length)] as T
  const moods = {
    ping: 0.05 + 0.2 * random(),
    unknown: 0.3 * random(),
    change: 0.05 + 0.4 * random(),
    rare: 0.06 * random(),
  }
  let age: Step['age'] = 0
  let state: Step['range'] = 'idle'
  let isDown = false
  return Array.from({ length: looks }, () => {
    if (random() < moods.change) age = random() < 0.08 ? 'paused' : oneOf(AGES)
    if (random() < moods.change) state = oneOf(['idle', 'idle', 'stalled', 'stalled', 'unowned'])
    if (random() < moods.ping) isDown = !isDown && random() < 0.5
    const isRare = () => random() < moods.rare
    return {
      passed: isRare() ? oneOf([3 * EVERY, 4 * EVERY, 30 * EVERY]) : oneOf([EVERY, EVERY, EVERY, 2 * EVERY]),
      jump: isRare() ? oneOf([HOUR, -HOUR]) : 0,
      restart: isRare(),
      ping: random() < moods.unknown / 2 ? null : !isDown,
      age: random() < moods.unknown ? null : age,
      range: state,
    }
  })
}

/** The snapshots of a trace. @param isSteady whether they say how much time really passed */
export function* snapshotsOf(steps: readonly Step[], isSteady: boolean): Generator<Snapshot> {
  let time = NOON
  let shift = 0
  let failed = 0
  for (const { passed, jump, ping, age, range: state } of steps) {
    time += passed
    shift += jump
    failed = ping === false ? failed + 1 : ping === null ? failed : 0
    const condition = ping === null ? storage({ ok: null, succeeded: 0 }) : ping ? storage() : failing(failed)
    const oldest = typeof age === 'number' && age > 0 ? iso(time - age) : null
    const seen = version(time, {
      paused: age === 'paused' ? iso(NOON) : null,
      ranges: [range(time, { state, oldest })],
    })
    const snapshot: Snapshot = {
      ...healthy(time),
      at: time + shift,
      skew: { a: -shift },
      storage: condition,
      versions: age === null ? null : [seen],
    }
    yield isSteady ? { ...snapshot, steady: time - NOON } : snapshot
  }
}
