import { expect, it } from 'vitest'
import type { StoragePort } from '../../../../src/core/port/storage.ts'
import { startProcessor } from '../../../../src/processor/processor.ts'
import { parkedSequences } from '../../../../src/processor/replay/parked-sequences.ts'
import { eventProgress, placeEvent } from '../../../../src/processor/status/event-progress.ts'
import { defineReaction } from '../../../../src/reactions/define-reaction.ts'
import { openMemory } from '../../../../src/testing/memory/index.ts'
import { storages } from '../../../support/projecting/storages.ts'
import { until, untilCaughtUp } from '../../../support/projecting/until.ts'
import { append, events, hurriedClock } from '../support.ts'

const reactionThat = (handle: (id: string) => unknown) =>
  defineReaction('noting', {
    events,
    attempts: 1,
    on: { Added: ({ streamId, version }) => handle(`${streamId}@${version}`) },
  })

async function progressAt(storage: StoragePort, streamId: string, version: number) {
  const { events: found } = await storage.events.load(streamId, { from: version, limit: 1 })
  const append = await storage.events.findAppend(streamId, found[0]?.metadata.eventId ?? '')
  const placed = await placeEvent(storage, { streamId, version }, append?.position ?? '')
  return eventProgress(storage, { name: 'noting', version: 1 }, placed)
}

it.each(storages)(
  'the progress of a reaction at an event is told before it starts, behind it and past it, $name',
  async ({ open }) => {
    await using storage = await open()
    await append(storage, 's:1', [1, 2])
    expect(await progressAt(storage, 's:1', 1)).toEqual({ state: 'notStarted' })
    const held = Promise.withResolvers<void>()
    const reaction = reactionThat(async (id) => {
      if (id === 's:1@4') await held.promise
    })
    await using processor = await startProcessor(storage, [reaction])
    await append(storage, 's:1', [3, 4])
    await append(storage, 's:2', [1])
    expect(await progressAt(storage, 's:1', 2)).toEqual({ state: 'beforeBegin' })
    await until('the event before the one at work counts as passed, without a checkpoint', async () => {
      const { state } = await progressAt(storage, 's:1', 3)
      return state === 'passed'
    })
    expect(await progressAt(storage, 's:1', 4)).toEqual({ state: 'pending' })
    held.resolve()
    await untilCaughtUp(storage, [reaction])
    expect(await progressAt(storage, 's:1', 4)).toEqual({ state: 'passed' })
    expect(await progressAt(storage, 's:2', 1)).toEqual({ state: 'passed' })
    await processor.stop()
    await append(storage, 's:2', [2])
    expect(await progressAt(storage, 's:2', 2)).toEqual({ state: 'pending' })
  },
)

it('the progress of a reaction at an event says where it is parked, and what waits behind that', async () => {
  await using storage = openMemory({ ranges: 2 })
  const reaction = reactionThat((id) => {
    if (id === 's:1@2') throw new RangeError('no such amount')
  })
  await using processor = await startProcessor(storage, [reaction], { clock: hurriedClock })
  await append(storage, 's:1', [1, 2, 3])
  await untilCaughtUp(storage, [reaction])
  expect(await progressAt(storage, 's:1', 1)).toEqual({ state: 'passed' })
  expect(await progressAt(storage, 's:1', 2)).toMatchObject({
    state: 'parked',
    attempts: 1,
    error: { code: 'HandlerFailed', message: expect.stringContaining('no such amount') },
  })
  expect(await progressAt(storage, 's:1', 3)).toEqual({ state: 'held', behind: { streamId: 's:1', version: 2 } })
  await parkedSequences(storage, reaction).dropOne('s:1')
  expect(await progressAt(storage, 's:1', 3)).toEqual({ state: 'passed' })
  await parkedSequences(storage, reaction).dropEvent({ streamId: 's:1', version: 4 })
  await append(storage, 's:1', [4])
  await untilCaughtUp(storage, [reaction])
  expect(await progressAt(storage, 's:1', 4)).toEqual({ state: 'skipped' })
  await processor.stop()
})
