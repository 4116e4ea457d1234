import type { Command } from 'commander'
import { systemClock } from '../../core/clock.ts'
import { intervalText } from '../../core/positions/hash-interval.ts'
import { listWorkers } from '../../processor/status/list-workers.ts'
import type { RangeSummary } from '../../processor/versions/listing/list-versions.ts'
import { type ProjectionVersion, projectionVersions } from '../../processor/versions/listing/projection-versions.ts'
import { count } from '../support/count.ts'
import { EXIT } from '../support/exit-codes.ts'
import { explain } from '../support/help.ts'
import { storageOptions } from '../support/options.ts'
import { type CommonOptions, type Session, withStorage } from '../support/session.ts'
import { parkedCell } from './parked-cell.ts'

type Options = CommonOptions & { readonly watch?: boolean }

type Row = RangeSummary & { readonly one: ProjectionVersion; readonly shown: string }

const EVERY = 1_000

const notes = `
States of a range: idle (read to its end), working, waiting (a reaction whose destination is unavailable), stalled
(failing, or without progress), parked (idle or working, with parked sequences), pausing (paused, the last page still in hand), paused, and unowned (no worker owns it).
The ETA is estimated from how much the lag shrank in the last seconds, new events included.
Exits with ${EXIT.attention} when a range of an active version is unowned, stalled or waiting, or something is parked. What
is paused needs no attention, except for what is parked.`

/** `tidemark projections status`: the state of each version on each range. */
export const addProjectionsStatus = (group: Command): Command =>
  explain(
    storageOptions(group.command('status')),
    ['projections status', 'projections status meter-overview --watch'],
    notes,
  )
    .description('Shows the state and lag of each version on each feed range, and its ETA.')
    .argument('[projection]', 'only versions of this projection or reaction')
    .option('--watch', 'refresh every second until every version has caught up')
    .action((projection: string | undefined, { watch = false, ...options }: Options) =>
      withStorage(options, async (session) => {
        const { storage, signal } = session
        const known = projectionVersions(storage)
        let versions = await known.list(projection)
        // A rate takes two looks.
        for (let first = true; !signal.aborted && versions.some(isCatchingUp); first = false) {
          if (!first && !watch) break
          if (!first) await show(session, versions)
          await systemClock.sleep(EVERY, signal)
          versions = await known.list(projection)
        }
        await show(session, versions)
        if (needsAttention(versions)) session.endWith(EXIT.attention)
      }),
    )

const isCatchingUp = ({ behind, paused }: ProjectionVersion): boolean => behind > 0 && paused === null

async function show({ json, rows, out, storage }: Session, versions: readonly ProjectionVersion[]): Promise<void> {
  if (json) return rows(versions, {})
  const ranges = versions.flatMap((one) =>
    one.ranges.map((range): Row => ({ ...range, one, shown: stateOf(one, range) })),
  )
  await rows(ranges, {
    projection: ({ one }) => one.projection,
    version: ({ one }) => one.version,
    role: ({ one }) => one.role,
    range: ({ range }) => intervalText(range),
    state: ({ shown }) => shown,
    owner: ({ owner, state }) => (state === 'unowned' ? null : owner),
    position: ({ position }) => position,
    behind: ({ behind }) => behind,
    oldest: ({ oldest }) => oldest,
    rate: ({ rate }) => (rate === null ? null : Math.round(rate)),
    parked: parkedCell,
  })
  for (const one of versions) {
    const what = `${one.projection} ${one.version}`
    if (one.paused !== null) await out.line(`${what}: paused since ${one.paused}, ${count(one.behind, 'event')} behind`)
    else if (one.behind > 0) await out.line(`${what}: ${count(one.behind, 'event')} behind, ${arrival(one)}`)
    const waiting = one.ranges.flatMap(({ waitingSince }) => waitingSince ?? []).sort()
    if (waiting[0]) await out.line(`${what}: waiting since ${waiting[0]}, because its destination is unavailable`)
    for (const { range, failing, error } of one.ranges) {
      if (failing === null) continue
      const next = `attempt ${failing.attempts + 1} after ${failing.nextAttempt}`
      await out.line(
        `${what}: ${intervalText(range)} fails since ${failing.since}, ${next}${error ? `: ${error.code}` : ''}`,
      )
    }
    if (one.parked > 0) await out.line(parkedLine(what, one))
  }
  for (const { worker, state } of await listWorkers(storage)) {
    if (state === 'standby') await out.line(`Worker ${worker} is standby: other workers own all ranges`)
  }
}

/** A range of a paused version that is not yet, or not at all, in the hands of a worker that has stopped. */
function stateOf({ paused }: ProjectionVersion, { state }: RangeSummary): string {
  if (paused === null || state === 'paused') return state
  return state === 'unowned' ? 'paused' : 'pausing'
}

const needsAttention = (versions: readonly ProjectionVersion[]): boolean =>
  versions.some(
    ({ active, parked, paused, ranges }) => parked > 0 || (active && paused === null && ranges.some(isInTrouble)),
  )

const isInTrouble = ({ state }: RangeSummary): boolean => ['unowned', 'stalled', 'waiting'].includes(state)

function parkedLine(what: string, { parked, moreParked, parkedSince }: ProjectionVersion): string {
  const least = moreParked ? 'at least ' : ''
  return `${what}: ${least}${count(parked, 'parked sequence')}, the oldest since ${parkedSince}`
}

function arrival({ rate, left }: ProjectionVersion): string {
  if (left === null) return rate < 0 ? 'falling further behind' : 'not catching up'
  return `${Math.round(rate).toLocaleString('en')}/s, ETA ${Math.ceil(left / 1000)} s`
}
