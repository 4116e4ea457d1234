import { expect, it } from 'vitest'
import { createEvaluator } from '../../../../src/operations/alerts/evaluator.ts'
import type { Snapshot } from '../../../../src/operations/model/snapshot.ts'
import { verdictOf } from '../../../../src/operations/verdict/verdict.ts'
import { snapshotAt } from '../support.ts'
import {
  failing,
  HOUR,
  healthy,
  iso,
  late,
  MINUTE,
  NOON,
  range,
  report,
  SECOND,
  version,
  worker,
} from './support/snapshots.ts'
import { createWatch } from './support/watch.ts'

const isLate = (now: number): Partial<Snapshot> => ({ versions: [late(now, 2 * MINUTE)] })
const isUnknown = (): Partial<Snapshot> => ({ versions: null })
const isParked = (now: number): Partial<Snapshot> => ({ versions: [version(now, { parked: 1 })] })

// Only the rule that a test is about: freshness fails as well while events are late.
const lagOnly = (found: readonly (readonly [number, string])[]) => found.filter(([, text]) => text.includes('LagHigh'))

const firesLag = () => {
  const watch = createWatch()
  expect(lagOnly(watch.lookFor(5 * MINUTE + SECOND, isLate))).toEqual([[5 * MINUTE, 'AlertFired LagHigh warning']])
  return watch
}

it('missing data never resolves an alert, however long it is missing', () => {
  const watch = firesLag()
  expect(watch.lookFor(HOUR, isUnknown)).toEqual([])
  expect(watch.open().map(({ rule }) => rule)).toContain('LagHigh')
  expect(watch.last?.rules.find(({ rule }) => rule === 'LagHigh')).toMatchObject({ state: 'firing' })
  expect(lagOnly(watch.lookFor(2 * SECOND))).toEqual([[SECOND, 'AlertResolved LagHigh warning']])
})

it('a look without data is not one of the two that resolve', () => {
  const watch = firesLag()
  expect(lagOnly(watch.lookFor(SECOND))).toEqual([])
  expect(watch.lookFor(SECOND, isUnknown)).toEqual([])
  expect(lagOnly(watch.lookFor(SECOND))).toEqual([[0, 'AlertResolved LagHigh warning']])
})

it('two calm looks that are far apart do not resolve', () => {
  const watch = firesLag()
  watch.lookFor(SECOND)
  watch.lookFor(3 * SECOND, isUnknown)
  expect(lagOnly(watch.lookFor(SECOND))).toEqual([])
  expect(lagOnly(watch.lookFor(SECOND))).toEqual([[0, 'AlertResolved LagHigh warning']])
})

it('what is between the thresholds neither fires nor resolves', () => {
  const between = (now: number) => ({ versions: [late(now, 45 * SECOND)] })
  const watch = firesLag()
  expect(lagOnly(watch.lookFor(10 * MINUTE, between))).toEqual([])
  const quiet = createWatch()
  expect(lagOnly(quiet.lookFor(10 * MINUTE, between))).toEqual([])
})

it('a pending alert does not count the time in which it was unknown, and keeps the rest for two looks', () => {
  const watch = createWatch()
  watch.lookFor(4 * MINUTE + SECOND, isLate)
  expect(watch.last?.pending).toContainEqual(
    expect.objectContaining({ rule: 'LagHigh', firesAt: iso(NOON + 5 * MINUTE) }),
  )
  watch.lookFor(2 * SECOND, isUnknown)
  expect(lagOnly(watch.lookFor(2 * MINUTE, isLate))).toEqual([[MINUTE, 'AlertFired LagHigh warning']])
})

it('a pending alert begins again after three looks without data', () => {
  const watch = createWatch()
  watch.lookFor(4 * MINUTE, isLate)
  watch.lookFor(3 * SECOND, isUnknown)
  expect(watch.last?.pending).toEqual([])
  expect(lagOnly(watch.lookFor(6 * MINUTE, isLate))).toEqual([[5 * MINUTE, 'AlertFired LagHigh warning']])
})

it('a fourth change within an hour is flapping, which stays open until it has been calm for 30 minutes', () => {
  const watch = createWatch()
  const once = () => [...watch.lookFor(SECOND, isParked), ...watch.lookFor(2 * SECOND)].map(([, text]) => text)
  expect(once()).toEqual(['AlertFired SequenceParked warning', 'AlertResolved SequenceParked warning'])
  expect(once()).toEqual(['AlertFired SequenceParked warning', 'AlertFlapping SequenceParked warning'])
  expect(once()).toEqual([])
  expect(watch.open()).toMatchObject([{ rule: 'SequenceParked', state: 'flapping' }])
  expect(watch.lookFor(29 * MINUTE)).toEqual([])
  expect(watch.lookFor(10 * MINUTE, isUnknown)).toEqual([])
  expect(watch.lookFor(31 * MINUTE)).toEqual([[30 * MINUTE, 'AlertResolved SequenceParked warning']])
})

it('changes that are more than an hour apart are not flapping', () => {
  const watch = createWatch({}, MINUTE)
  for (let time = 0; time < 4; time++) {
    expect(watch.lookFor(MINUTE, isParked)).toHaveLength(1)
    expect(watch.lookFor(61 * MINUTE)).toHaveLength(1)
  }
})

it('an alert that flaps still escalates, and does not ease', () => {
  const watch = createWatch({}, MINUTE)
  for (let time = 0; time < 2; time++) {
    watch.lookFor(MINUTE, isParked)
    watch.lookFor(2 * MINUTE)
  }
  expect(watch.lookFor(70 * MINUTE, isParked)).toEqual([[HOUR, 'AlertEscalated SequenceParked critical']])
  expect(watch.open()).toMatchObject([{ severity: 'critical', state: 'flapping' }])
})

it('while the storage is unavailable, nothing else fires or is resolved', () => {
  const watch = createWatch()
  watch.lookFor(SECOND, isParked)
  const out = (now: number, parked: number) => ({ storage: failing(3), versions: [version(now, { parked })] })
  expect(watch.lookFor(10 * SECOND, (now) => out(now, 0))).toEqual([[0, 'AlertFired StorageUnavailable critical']])
  expect(watch.last?.rules.filter(({ state }) => state === 'unknown').length).toBeGreaterThan(10)
  const resolved = watch.lookFor(4 * SECOND)
  expect(resolved).toEqual([
    [SECOND, 'AlertResolved StorageUnavailable critical'],
    [2 * SECOND, 'AlertResolved SequenceParked warning'],
  ])
})

it('another process continues with the alerts that are stored, without firing them again', () => {
  const watch = firesLag()
  watch.restart()
  expect(lagOnly(watch.lookFor(MINUTE, isLate))).toEqual([])
  watch.restart()
  expect(lagOnly(watch.lookFor(2 * SECOND))).toEqual([[SECOND, 'AlertResolved LagHigh warning']])
})

it.each<[string, (now: number) => Partial<Snapshot>]>([
  ['was dropped', () => ({ versions: [] })],
  ['is paused', (now) => ({ versions: [late(now, HOUR, { paused: iso(now) })] })],
  ['is no longer what readers see', (now) => ({ versions: [late(now, HOUR, { role: 'old', active: false })] })],
])('an alert about a projection that %s is resolved, also by a process that did not open it', (_, world) => {
  const watch = firesLag()
  watch.restart()
  expect(lagOnly(watch.lookFor(2 * SECOND, world))).toEqual([[SECOND, 'AlertResolved LagHigh warning']])
})

it('an instance that stops in good order is not lost, and ends its alert', () => {
  const watch = createWatch()
  const stopped = () => ({ instances: [report(NOON, { stoppedAt: iso(NOON) })], workers: [] })
  const lost = () => ({ instances: [report(NOON)], workers: [worker(NOON)] })
  watch.lookFor(5 * SECOND)
  expect(watch.lookFor(MINUTE, stopped)).toEqual([])
  watch.lookFor(5 * SECOND)
  expect(watch.lookFor(20 * SECOND, lost).map(([, text]) => text)).toEqual(['AlertFired InstanceLost warning'])
  expect(watch.lookFor(2 * SECOND, stopped)).toEqual([[SECOND, 'AlertResolved InstanceLost warning']])
})

it('an instance that is replaced by a new one of its service ends its alert', () => {
  const watch = createWatch()
  watch.lookFor(5 * SECOND)
  const alone = () => ({ instances: [report(NOON)], workers: [worker(NOON)] })
  watch.lookFor(20 * SECOND, alone)
  expect(watch.open()).toMatchObject([{ rule: 'InstanceLost' }])
  const began = iso(watch.now)
  const replaced = (now: number) => ({
    instances: [report(NOON), report(now, { id: 'b', startedAt: began })],
    workers: [worker(NOON)],
  })
  expect(watch.lookFor(3 * SECOND, replaced)).toEqual([[2 * SECOND, 'AlertResolved InstanceLost warning']])
})

it('a worker that crashed is not called running for ever (temporalio/ui#3475)', () => {
  const watch = createWatch()
  watch.lookFor(5 * SECOND)
  const killed = watch.now
  const dead = (now: number): Partial<Snapshot> => ({
    instances: [report(killed)],
    workers: [worker(killed, { state: 'expired' })],
    versions: [version(now, { ranges: [range(killed, { state: now < killed + 15_000 ? 'idle' : 'unowned' })] })],
  })
  expect(watch.lookFor(50 * SECOND, dead)).toEqual([
    [16 * SECOND, 'AlertFired InstanceLost warning'],
    [45 * SECOND, 'AlertFired RangeUnowned critical'],
  ])
  const snapshot = { ...healthy(watch.now), ...dead(watch.now) }
  expect(verdictOf(snapshot, watch.open(), watch.now, SECOND).reason).toBe(
    'No worker owns 1 of 1 range of meter-overview v3',
  )
})

it('a worker that sends heartbeats and makes no progress is not healthy for hours (kurrent-io/KurrentDB#1218)', () => {
  const watch = createWatch()
  const begun = watch.now
  const stuck = (now: number) => ({ versions: [late(now, now - begun)] })
  expect(lagOnly(watch.lookFor(11 * MINUTE, stuck))).toEqual([
    [6 * MINUTE + SECOND, 'AlertFired LagHigh warning'],
    [10 * MINUTE + SECOND, 'AlertEscalated LagHigh critical'],
  ])
})

it('a part that can no longer be read sends no resolved alert (prometheus/prometheus#17482)', () => {
  const parts: Partial<Snapshot>[] = [
    { versions: null },
    { instances: null },
    { workers: null },
    { versions: null, instances: null, workers: null, leaseDuration: null, skew: {} },
  ]
  for (const missing of parts) {
    const watch = firesLag()
    watch.lookFor(SECOND, isParked)
    const before = watch.log.length
    watch.lookFor(10 * MINUTE, (now) => ({ ...isLate(now), ...isParked(now), ...isLate(now), ...missing }))
    expect(watch.log.slice(before).filter(({ type, rule }) => type === 'AlertResolved' && rule === 'LagHigh')).toEqual(
      [],
    )
  }
})

it.each([HOUR, -HOUR])('a clock that jumps by %d ms fires nothing and resolves nothing', (jump) => {
  const evaluator = createEvaluator({ every: SECOND })
  const busy = (now: number) => ({ versions: [late(now, 2 * SECOND)] })
  for (let i = 0; i < 10 * 60; i++) {
    const time = NOON + i * SECOND
    const shift = i < 60 ? 0 : jump
    const snapshot = { ...healthy(time), ...busy(time), at: time + shift, steady: i * SECOND }
    // The skew is known a while after the jump.
    const { changes, gap } = evaluator.evaluate({ ...snapshot, skew: { a: i < 70 ? 0 : -shift } }, [])
    expect(changes.filter(({ rule }) => rule !== 'ClockSkew')).toEqual([])
    expect(gap).toBeNull()
  }
})

it.each([
  ['known', true, 5 * MINUTE - SECOND],
  // Until the clocks of others can be trusted, half a minute later, it could be a jump.
  ['not known', false, 5 * MINUTE + 29 * SECOND],
])('after a gap, conditions must hold for their whole time again, if its length is %s', (_, isSteady, fires) => {
  const watch = createWatch()
  const world = (now: number) => ({ ...isLate(now), ...(isSteady && { steady: now }) })
  watch.lookFor(4 * MINUTE, world)
  watch.move(HOUR)
  expect(watch.look(world).filter(({ rule }) => rule === 'LagHigh')).toEqual([])
  expect(watch.last?.gap).toBe(HOUR + SECOND)
  expect(lagOnly(watch.lookFor(6 * MINUTE, world))).toEqual([[fires, 'AlertFired LagHigh warning']])
})

it('what was decided is not decided again while it is being stored', () => {
  const evaluator = createEvaluator({ every: SECOND })
  const looks = Array.from({ length: 40 }, (_, i) => {
    const now = NOON + i * SECOND
    return evaluator.evaluate({ ...healthy(now), ...isParked(now) }, []).changes.map(({ type }) => type)
  })
  expect(looks.flatMap((types, i) => types.map((type) => [i, type]))).toEqual([
    [0, 'AlertFired'],
    // It could not be stored for half a minute.
    [30, 'AlertFired'],
  ])
})

it('what another process resolved may fire again, and what it opened is not opened twice', () => {
  const watch = createWatch()
  watch.lookFor(2 * SECOND, isParked)
  const [alert] = watch.open()
  watch.store([])
  expect(watch.lookFor(SECOND)).toEqual([])
  expect(watch.lookFor(SECOND, isParked)).toEqual([[0, 'AlertFired SequenceParked warning']])
  const other = createWatch()
  other.store(alert === undefined ? [] : [alert])
  expect(other.lookFor(MINUTE, isParked)).toEqual([])
  expect(other.lookFor(2 * SECOND)).toEqual([[SECOND, 'AlertResolved SequenceParked warning']])
})

it('a thousand quiet ranges are judged without being remembered', () => {
  const evaluator = createEvaluator({ every: SECOND })
  const ranges = (now: number) =>
    Array.from({ length: 1_000 }, (_, i) => range(now, { range: { min: `${i}`, max: `${i + 1}` } }))
  for (let i = 0; i < 5; i++) {
    const now = NOON + i * SECOND
    const { rules, changes } = evaluator.evaluate(
      { ...healthy(now), versions: [version(now, { ranges: ranges(now) })] },
      [],
    )
    expect(changes).toEqual([])
    expect(rules.find(({ rule }) => rule === 'RangeStalled')).toMatchObject({
      rule: 'RangeStalled',
      state: 'quiet',
      wouldFire: 0,
      unknown: 0,
    })
  }
})

it('each rule says how many of its subjects would fire now, and of how many nothing is known', () => {
  const watch = createWatch()
  watch.look((now) => ({
    versions: [
      version(now, {
        ranges: [
          range(now, { state: 'stalled' }),
          range(now, { state: 'stalled', range: { min: '80', max: 'A0' } }),
          range(now, { range: { min: 'A0', max: 'FF' } }),
        ],
      }),
      version(now, { version: 4, ranges: [range(now, { state: 'unowned' })] }),
    ],
  }))
  expect(watch.last?.rules.find(({ rule }) => rule === 'RangeStalled')).toMatchObject({
    rule: 'RangeStalled',
    state: 'pending',
    wouldFire: 2,
    unknown: 1,
  })
})

it('all rules can be put into words, each with its own thresholds', () => {
  const words = createEvaluator({ unownedAfter: 90 * SECOND }).evaluate(snapshotAt(NOON), []).rules
  expect(new Set(words.map(({ rule }) => rule)).size).toBe(17)
  expect(words.find(({ rule }) => rule === 'RangeUnowned')?.fires).toContain('1 min 30 s')
})
