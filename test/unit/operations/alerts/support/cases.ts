import type { EvaluatorOptions } from '../../../../../src/operations/alerts/evaluator.ts'
import type { RuleName } from '../../../../../src/operations/model/alert.ts'
import type { Snapshot } from '../../../../../src/operations/model/snapshot.ts'
import {
  disk,
  failing,
  file,
  HOUR,
  late,
  MINUTE,
  measured,
  NOON,
  range,
  report,
  SECOND,
  storage,
  version,
  worker,
} from './snapshots.ts'
import { createWatch } from './watch.ts'

type World = (now: number) => Partial<Snapshot>

/** @param since milliseconds since 1970, as if it had begun at noon */
type BadWorld = (now: number, since: number) => Partial<Snapshot>

export type RuleCase = {
  readonly rule: RuleName
  readonly when: string
  /** What is looked at before, where a rule needs a history. */
  readonly before?: readonly [time: number, world: World]
  readonly bad: BadWorld
  readonly badFor: number
  /** Milliseconds after which it fires, and the rest of what changes. */
  readonly fires: readonly (readonly [number, string])[]
  readonly good?: World
  /** Milliseconds after which it is resolved, as a rule two looks; and for how long that is looked at. */
  readonly resolves?: number
  /** Whether it is no longer critical after two looks. */
  readonly easesFirst?: boolean
  readonly message: string
}

const isStalled =
  (rest: object = {}): World =>
  (now) => ({
    versions: [
      version(now, {
        ranges: [range(now, { state: 'stalled', error: { code: 'EventSchemaTooNew', message: 'x', at: '' }, ...rest })],
      }),
    ],
  })

const isUnowned: World = (now) => ({
  versions: [version(now, { ranges: [range(now, { owner: 'b', expiresAt: NOON - SECOND, state: 'unowned' })] })],
})

const warns = (at: number): [number, string] => [at, 'AlertFired warning']
const isCritical = (at: number): [number, string] => [at, 'AlertFired critical']
const escalates = (at: number): [number, string] => [at, 'AlertEscalated critical']
const eases = (at: number): [number, string] => [at, 'AlertEased warning']

export const cases: readonly RuleCase[] = [
  {
    rule: 'StorageUnavailable',
    when: 'three pings in a row fail',
    bad: (_, now) => ({ storage: failing(Math.floor((now - NOON) / SECOND) + 1), versions: null, workers: null }),
    badFor: 5 * SECOND,
    fires: [isCritical(2 * SECOND)],
    message: 'The storage (file) does not respond: StorageUnavailable',
  },
  {
    rule: 'LeasesUnreachable',
    when: 'the storage responds and the leases do not, for a minute',
    bad: () => ({ workers: null }),
    badFor: 70 * SECOND,
    fires: [isCritical(MINUTE)],
    message: 'The leases cannot be read, although the storage responds',
  },
  {
    rule: 'RangeStalled',
    when: 'a range of the active version is stalled for a minute',
    bad: isStalled(),
    badFor: 70 * SECOND,
    fires: [isCritical(MINUTE)],
    message: 'meter-overview v3 is stalled on range 0-80 (owner a): EventSchemaTooNew',
  },
  {
    rule: 'RangeStalled',
    when: 'a range of a version that is being built is stalled, as a warning',
    bad: (now) => ({
      versions: [version(now, { role: 'building', active: false, ranges: [range(now, { state: 'stalled' })] })],
    }),
    badFor: 70 * SECOND,
    fires: [warns(MINUTE)],
    message: 'meter-overview v3 is stalled on range 0-80 (owner a)',
  },
  {
    rule: 'RangeStalled',
    when: 'a reaction waits for its destination, as a warning',
    bad: (now) => ({ versions: [version(now, { ranges: [range(now, { state: 'waiting' })] })] }),
    badFor: 70 * SECOND,
    fires: [warns(MINUTE)],
    message: 'meter-overview v3 waits for its destination on range 0-80 (owner a)',
  },
  {
    rule: 'RangeUnowned',
    when: 'a lease has expired for twice its duration',
    bad: isUnowned,
    badFor: 40 * SECOND,
    fires: [isCritical(30 * SECOND)],
    message: 'No worker owns range 0-80 of meter-overview v3; the last owner was b',
  },
  {
    rule: 'RangeUnowned',
    when: 'no worker ever took a range of a version that is being built, as a warning',
    bad: (now) => ({
      versions: [
        version(now, {
          role: 'building',
          active: false,
          ranges: [range(now, { owner: null, expiresAt: 0, state: 'unowned' })],
        }),
      ],
    }),
    badFor: 40 * SECOND,
    fires: [warns(30 * SECOND)],
    message: 'No worker owns range 0-80 of meter-overview v3',
  },
  {
    rule: 'InstanceLost',
    when: 'reports and heartbeats of a process no longer change',
    before: [5 * SECOND, () => ({})],
    bad: () => ({ instances: [report(NOON + 4 * SECOND)], workers: [worker(NOON + 4 * SECOND)] }),
    badFor: 20 * SECOND,
    fires: [warns(15 * SECOND)],
    resolves: 1 * SECOND,
    message: 'worker a gives no sign of life since 2026-11-01T12:00:04.000Z',
  },
  {
    rule: 'LagHigh',
    when: 'an event has waited for more than a minute for five minutes',
    bad: (now) => ({ versions: [late(now, 61 * SECOND)] }),
    badFor: 6 * MINUTE,
    fires: [warns(5 * MINUTE)],
    good: (now) => ({ versions: [late(now, 2 * SECOND)] }),
    message: 'meter-overview v3 is late: the oldest of 12 waiting events is 1 min 1 s old',
  },
  {
    rule: 'LagHigh',
    when: 'an event has waited for more than ten minutes, at once, and eases below five',
    bad: (now) => ({ versions: [late(now, now < NOON + 10 * SECOND ? 601 * SECOND : 299 * SECOND)] }),
    badFor: 20 * SECOND,
    fires: [isCritical(0), eases(11 * SECOND)],
    good: (now) => ({ versions: [late(now, 29 * SECOND)] }),
    message: 'meter-overview v3 is late: the oldest of 12 waiting events is 4 min 59 s old',
  },
  {
    rule: 'LagGrowing',
    when: 'more events wait in each minute, for fifteen minutes and then an hour',
    bad: (now) => ({ versions: [version(now, { behind: 200 + Math.floor((now - NOON) / 20_000) })] }),
    badFor: 70 * MINUTE,
    fires: [warns(17 * MINUTE), escalates(62 * MINUTE)],
    good: (now) => ({ versions: [version(now, { behind: 3 })] }),
    resolves: MINUTE + SECOND,
    message: 'More and more events wait for meter-overview v3: 386 now',
  },
  {
    rule: 'SequenceParked',
    when: 'a sequence is parked, and critical after an hour',
    bad: (now) => ({ versions: [version(now, { parked: 1 })] }),
    badFor: 61 * MINUTE,
    fires: [warns(0), escalates(HOUR)],
    message: '1 sequence of meter-overview v3 is parked',
  },
  {
    rule: 'ParkStorm',
    when: 'ten sequences are parked within ten seconds',
    bad: (now) => ({ versions: [version(now, { parked: Math.min(11, Math.floor((now - NOON) / SECOND)) })] }),
    badFor: 15 * SECOND,
    fires: [isCritical(10 * SECOND)],
    message: '10 sequences of meter-overview v3 are parked, 10 of them just now',
  },
  {
    rule: 'Conflicts',
    when: 'more than half of the appends conflict for ten minutes',
    bad: () => ({ measured: measured({ appendConflicts: 51 }) }),
    badFor: 11 * MINUTE,
    fires: [warns(10 * MINUTE)],
    resolves: 31 * SECOND,
    message: '51 % of the appends lose to another writer',
  },
  {
    rule: 'Conflicts',
    when: 'more than a fifth of the saves conflict for ten minutes',
    bad: () => ({ measured: measured({ viewConflicts: 21 }) }),
    badFor: 11 * MINUTE,
    fires: [warns(10 * MINUTE)],
    resolves: 32 * SECOND,
    message: '21 % of the saves of views lose to another writer',
  },
  {
    rule: 'Throttled',
    when: 'more than one request in twenty is throttled for five minutes',
    bad: () => ({ measured: measured({ throttled: 6 }) }),
    badFor: 6 * MINUTE,
    fires: [warns(5 * MINUTE)],
    resolves: 41 * SECOND,
    message: '6 % of the requests to the database are throttled',
  },
  {
    rule: 'Throttled',
    when: 'more than one request in five is throttled, at once',
    bad: () => ({ measured: measured({ throttled: 21 }) }),
    badFor: 2 * SECOND,
    fires: [isCritical(0)],
    good: () => ({ measured: measured({ throttled: 0, cosmosRequests: 10_000 }) }),
    resolves: 59 * SECOND,
    message: '21 % of the requests to the database are throttled',
  },
  {
    rule: 'DiskNearlyFull',
    when: 'less than 15 % is free, and critical below 5 %',
    bad: (_, now) => ({ storage: disk(now < NOON + 10 * SECOND ? 14 : 4) }),
    badFor: 20 * SECOND,
    before: [SECOND, () => ({ storage: disk(16) })],
    fires: [warns(0), escalates(10 * SECOND)],
    good: () => ({ storage: disk(18) }),
    easesFirst: true,
    resolves: HOUR - 20 * SECOND,
    message: 'The disk of the storage has 4 B free (4 %)',
  },
  {
    rule: 'DiskNearlyFull',
    when: 'the disk will be full within a day',
    before: [HOUR, () => ({ storage: disk(41) })],
    bad: () => ({ storage: disk(39) }),
    badFor: 5 * SECOND,
    fires: [warns(0)],
    good: () => ({ storage: disk(40) }),
    message: 'The disk of the storage has 39 B free (39 %), and will be full in 19 h 30 min',
  },
  {
    rule: 'WalTooLarge',
    when: 'a write-ahead log has more than 128 MB for five minutes',
    bad: () => ({ storage: storage({ health: { ping: 1, bytes: 1, disk: null, files: [file(129e6)] } }) }),
    badFor: 6 * MINUTE,
    fires: [warns(5 * MINUTE)],
    message: 'The write-ahead log of events.db has 129 MB',
  },
  {
    rule: 'ClockSkew',
    when: 'a clock is ahead by more than a tenth of the lease duration for a minute',
    before: [5 * SECOND, () => ({})],
    bad: () => ({ skew: { a: 1_600 } }),
    badFor: 70 * SECOND,
    fires: [warns(MINUTE)],
    message: 'The clock of a is 1.6 s ahead of the others',
  },
  {
    rule: 'ClockSkew',
    when: 'a clock is behind by more than a fifth of the lease duration for a minute',
    before: [5 * SECOND, () => ({})],
    bad: () => ({ skew: { a: -4_000 } }),
    badFor: 70 * SECOND,
    fires: [isCritical(MINUTE)],
    message: 'The clock of a is 4 s behind the others',
  },
  {
    rule: 'EventLoop',
    when: 'an event loop is late by more than 200 ms for a minute',
    bad: (now) => ({ instances: [report(now, { load: { cpu: 1, delay: 201, over: 5_000 } })] }),
    badFor: 70 * SECOND,
    before: [5 * SECOND, () => ({})],
    fires: [warns(MINUTE)],
    message: 'The event loop of worker a is late by 0.2 s',
  },
  {
    rule: 'LeaseChurn',
    when: 'a worker loses a lease',
    bad: () => ({ measured: measured({ leasesLost: 1 }) }),
    badFor: SECOND,
    fires: [warns(0)],
    resolves: 10 * MINUTE,
    message: 'Workers lost 1 lease within 10 min',
  },
]

/** What becomes of the alert of a case: each change with the milliseconds since the bad or the good time began. */
export function runCase(one: RuleCase, options: EvaluatorOptions = {}) {
  const watch = createWatch(options)
  if (one.before) watch.lookFor(...one.before)
  const offset = watch.now - NOON
  const isOfRule = ([, text]: readonly [number, string]) => text.split(' ')[1] === one.rule
  const bad = watch.lookFor(one.badFor, (now) => one.bad(now, now - offset)).filter(isOfRule)
  const alert = watch.open().find(({ rule }) => rule === one.rule)
  const good = watch.lookFor((one.resolves ?? SECOND) + 2 * SECOND, one.good).filter(isOfRule)
  return { bad, alert, good }
}
