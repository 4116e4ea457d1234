import { describe, expect, it } from 'vitest'
import type { StoragePort } from '../../../../../src/core/port/storage.ts'
import { eventsNamed, grow, idsOf } from '../../../../../src/testing/conformance/support/events.ts'
import { wholeFeed } from '../../../../../src/testing/conformance/support/feed.ts'
import { PROJECTION, view } from '../../../../../src/testing/conformance/support/views.ts'
import type { Fate } from '../../../../support/mongo-model/index.ts'
import { onModel } from '../../../../support/mongo-model/on-model.ts'

const UNKNOWN = ['UnknownTransactionCommitResult']
const AGAIN = ['RetryableWriteError']

/** What can become of a command of which nobody knows, at once, whether it was done. */
const FATES: readonly (readonly [string, Fate])[] = [
  ['stepped down before it', { code: 10107, labels: AGAIN }],
  ['stepped down before it, without a label', { code: 10107 }],
  ['shutting down', { code: 91, labels: AGAIN }],
  ['interrupted by a change of state', { code: 11602 }],
  ['done, and no majority within the time', { writeConcernError: 64 }],
  ['done, and no majority any more', { writeConcernError: 100 }],
  ['done, then stepped down', { writeConcernError: 189, labels: AGAIN }],
  ['out of time', { code: 50 }],
  ['cut off before it', 'cutBefore'],
  ['cut off after it', 'cutAfter'],
]

const idsIn = async (port: StoragePort) => idsOf((await wholeFeed(port)).map(({ event }) => event))

describe.concurrent('a commit of an append', () => {
  it.each([
    ...FATES,
    ['unknown', { writeConcernError: 64, labels: UNKNOWN }] as const,
    ['unknown, not done', { code: 91, labels: UNKNOWN }] as const,
    ['of a transaction that is gone', { code: 251, labels: ['TransientTransactionError'] }] as const,
  ])('that was %s comes to one append', async (_, fate) => {
    await using on = await onModel()
    const port = await on.open()
    await grow(port, 'a:1')
    for (const times of [1, 3]) {
      let left: number = times
      on.model.decide((name) => (name === 'commitTransaction' && left-- > 0 ? fate : undefined))
      const ids = [`x${times}`, `y${times}`]
      const { duplicate } = await port.events.append('a:1', eventsNamed(...ids), { expectedVersion: times })
      expect([duplicate, left < 0]).toEqual([false, true])
    }
    expect((await idsIn(port)).slice(1)).toEqual(['x1', 'y1', 'x3', 'y3'])
  })

  it.each(FATES)('whose writes before were %s comes to one append', async (_, fate) => {
    await using on = await onModel()
    const port = await on.open()
    await grow(port, 'a:1')
    for (const command of ['update', 'insert']) {
      let left = 1
      on.model.decide((name, { autocommit }) =>
        name === command && autocommit === false && left-- > 0 ? fate : undefined,
      )
      await port.events.append('a:1', eventsNamed(command), { expectedVersion: 'any' })
    }
    expect((await idsIn(port)).slice(1)).toEqual(['update', 'insert'])
  })
})

describe.concurrent('a save of a view', () => {
  it.each(FATES)('that was %s tells what became of it', async (_, fate) => {
    await using on = await onModel()
    const port = await on.open()
    const spoil = (command: string) => {
      let left = 2
      on.model.decide((name) => (name === command && left-- > 0 ? fate : undefined))
    }
    spoil('insert')
    const first = await port.viewStore.save(view('k', { n: 1 }), 'ifAbsent')
    expect(first.saved).toBe(true)
    spoil('update')
    const second = await port.viewStore.save(view('k', { n: 2 }), { ifMatch: first.saved ? first.etag : '' })
    expect(second.saved).toBe(true)
    const found = await port.viewStore.get({ ...PROJECTION, key: 'k' })
    expect([found?.document.data, found?.etag]).toEqual([{ n: 2 }, second.saved && second.etag])
  })
})

describe.concurrent('LSNs that were promised, or given, by a command', () => {
  it.each(FATES)('that was %s are given once', async (_, fate) => {
    await using on = await onModel()
    const port = await on.open()
    for (const id of ['a:1', 'b:1', 'c:1']) await grow(port, id)
    let left = 6
    on.model.decide((name, { autocommit }) =>
      name === 'update' && autocommit === undefined && left-- % 2 === 0 ? fate : undefined,
    )
    const read = await wholeFeed(port)
    on.model.decide(undefined)
    expect(read.map(({ position }) => position.lsn)).toEqual([1, 2, 3])
    expect(await wholeFeed(await on.open())).toEqual(read)
  })
})
