import { join } from 'node:path'
import { expect, test } from 'vitest'
import type { StoragePort } from '../../../src/core/port/storage.ts'
import { openStorage } from '../../../src/open/open-storage.ts'
import { startProcessor } from '../../../src/processor/processor.ts'
import { withViews } from '../../../src/views/with-views.ts'
import { findServer } from '../../support/mongo/server.ts'
import { totals, versions } from '../../support/projecting/projections.ts'
import { until, untilCaughtUp } from '../../support/projecting/until.ts'
import { storedViews } from '../../support/projecting/views.ts'
import { logOf } from '../../unit/copy/whole-log.ts'
import { emulator } from '../import/emulator.ts'
import { mongoStorage } from '../import/mongo.ts'
import { type Workshop, workshop } from './run-cli.ts'

const STREAMS = 300

async function live(storage: StoragePort): Promise<void> {
  const appends = Array.from({ length: STREAMS }, async (_, i) => {
    const streamId = `counted:${i}`
    for (let version = 0; version < 12; ) {
      const count = 1 + ((i + version) % 4)
      const events = Array.from({ length: count }, (_, n) => ({
        eventType: 'Counted',
        eventData: { amount: n },
        metadata: { eventId: `${i}-${version}-${n}`, correlationId: `é${i}` },
      }))
      version = (await storage.events.append(streamId, events, { expectedVersion: version })).version
    }
    if (i % 10 > 1) return
    await storage.events.tombstone(streamId, { metadata: { eventId: `end-${i}` } }, { expectedVersion: 'any' })
    if (i % 10 === 1) await storage.events.erase(streamId)
  })
  await Promise.all(appends)
}

type Answer = {
  readonly copied: number
  readonly verified: boolean
  readonly source: { readonly events: number; readonly hash: string }
  readonly target: { readonly events: number; readonly hash: string }
}

/** Starts a copy, kills it as soon as it has written down a place, and runs it again. */
async function copyWithKill(shop: Workshop, from: string, to: string): Promise<Answer> {
  expect(await shop.run(['setup', '--storage', to])).toMatchObject({ code: 0 })
  await using target = await openStorage(to)
  const { child, ended } = shop.start(['copy', '--from', from, '--to', to])
  const readTo = async () => {
    const places = await target.leases.list({ projection: '$copy' })
    return places.reduce((sum, { document }) => sum + document.readTo, 0)
  }
  await until('something is copied', async () => child.exitCode !== null || (await readTo()) > 0, 60_000)
  child.kill('SIGKILL')
  expect((await ended).code).toBe(null)
  const before = await readTo()
  const answer = await shop.json<Answer>(['copy', '--from', from, '--to', to])
  expect(await readTo()).toBeGreaterThanOrEqual(before)
  return answer
}

/** The views of projections that are built on a storage from its start. */
async function rebuilt(storage: StoragePort) {
  await using processor = await startProcessor(withViews(storage), [totals, versions])
  const caughtUp = () =>
    untilCaughtUp(storage, [totals, versions]).then(
      () => true,
      () => false,
    )
  await until('the views are built', caughtUp, 60_000)
  await processor.stop()
  return [await storedViews(storage, totals), await storedViews(storage, versions)]
}

type Place = { readonly url: string } & AsyncDisposable

const folder = async (shop: Workshop): Promise<Place> => ({
  url: `file:${join(shop.folder, 'end')}?ranges=2`,
  async [Symbol.asyncDispose]() {},
})

const journeys: readonly (readonly [string, () => Promise<Place>, (shop: Workshop) => Promise<Place>])[] = [
  ['Cosmos DB and back', emulator, folder],
  ...((await findServer()) === undefined
    ? []
    : ([
        ['MongoDB and back', mongoStorage, folder],
        ['MongoDB and on to Cosmos DB', mongoStorage, emulator],
      ] as const)),
]

test.each(journeys)(
  'a log goes from a folder to %s, though the copy is killed half way',
  { timeout: 240_000 },
  async (_, openMiddle, openEnd) => {
    await using shop = await workshop()
    await using via = await openMiddle()
    await using to = await openEnd(shop)
    const first = `${shop.storage}?ranges=3`
    await shop.run(['setup', '--storage', first])
    await using source = await openStorage(first)
    await live(source)
    const log = await logOf(source)

    const there = await copyWithKill(shop, first, via.url)
    expect(there).toMatchObject({ verified: true, behind: 0, differences: [], source: there.target })
    const on = await copyWithKill(shop, via.url, to.url)
    expect(on).toMatchObject({ verified: true, behind: 0, differences: [], source: there.source, target: there.source })

    await using middle = await openStorage(via.url)
    await using end = await openStorage(to.url)
    expect(await logOf(middle)).toEqual(log)
    expect(await logOf(end)).toEqual(log)
    const views = await rebuilt(source)
    expect(views[1]?.size).toBeGreaterThan(200)
    expect(await rebuilt(middle)).toEqual(views)
    expect(await rebuilt(end)).toEqual(views)

    // What a copy keeps at its target is no projection, and nobody's lease.
    expect(await shop.json(['projections', 'list', '--storage', to.url])).toHaveLength(2)
    const leases = await shop.json<{ readonly projection: string }[]>(['leases', 'list', '--storage', to.url])
    expect(new Set(leases.map(({ projection }) => projection))).toEqual(new Set(['totals', 'versions']))

    const again = await shop.run(['copy', '--from', first, '--to', via.url])
    expect(again).toMatchObject({ code: 0, stderr: '' })
    expect(again.stdout).toMatch(
      /^Copied 0 events and compared the two in \S+ s\nVerified: [\d,]+ events on both sides, hash [0-9a-f]{64}\n$/,
    )

    await middle.events.append('counted:2', [{ eventType: 'Counted', eventData: {}, metadata: { eventId: 'new' } }], {
      expectedVersion: 'any',
    })
    const different = await shop.run(['copy', '--from', first, '--to', via.url, '--verify-only'])
    expect(different).toMatchObject({ code: 1, stderr: '' })
    expect(different.stdout).toMatch(/^NOT THE SAME: .+\nSTREAM .+\ncounted:2 +\d+ +\d+\n$/)
  },
)

test('what is asked wrongly is told in one line, and nothing is written', async () => {
  await using shop = await workshop()
  const other = `file:${join(shop.folder, 'other')}`
  for (const url of [shop.storage, other]) await shop.run(['setup', '--storage', url])
  await using storage = await openStorage(other)
  await storage.events.append('a:1', [{ eventType: 'Counted', eventData: {}, metadata: { eventId: '1' } }], {
    expectedVersion: 0,
  })
  for (const [args, code, message] of [
    [['--from', other], 2, /^InvalidConfiguration: --to: is needed, or else the variable TIDEMARK_COPY_TO/],
    [['--from', other, '--to', other], 2, /^InvalidConfiguration: --to: names the same storage as --from\n$/],
    [['--from', other, '--to', `${other}?ranges=4`], 2, /^InvalidConfiguration: --to: names the same storage/],
    [['--from', other, '--to', 'carrier-pigeon://x'], 2, /^InvalidConfiguration: --to: must be a URL that begins/],
    [['--from', `${other}2`, '--to', shop.storage], 2, /^InvalidConfiguration: --from: .+ contains no storage/],
    [['--from', other, '--to', `${other}2`], 2, /^InvalidConfiguration: --to: .+ contains no storage/],
    [['--from', shop.storage, '--to', other], 4, /^CopyTargetOccupied: The target contains events that are not a copy/],
  ] as const) {
    const ran = await shop.run(['copy', ...args])
    expect(ran).toMatchObject({ code, stdout: '', stderr: expect.stringMatching(message) })
    expect(ran.stderr.trim().split('\n')).toHaveLength(1)
  }
  expect(await shop.run(['copy', '--from', other, '--to', shop.storage])).toMatchObject({ code: 0, stderr: '' })
  const third = `file:${join(shop.folder, 'third')}`
  await shop.run(['setup', '--storage', third])
  const foreign = await shop.run(['copy', '--from', third, '--to', shop.storage])
  expect(foreign).toMatchObject({
    code: 4,
    stderr: expect.stringMatching(/^CopyTargetOccupied: .+ copy of another log/),
  })
}, 60_000)
