import { describe, expect, it } from 'vitest'
import { DestinationUnavailable } from '../../../src/core/errors/reaction.ts'
import type { EventTypesOf } from '../../../src/core/events/types.ts'
import type { StoragePort } from '../../../src/core/port/storage.ts'
import { startProcessor } from '../../../src/processor/processor.ts'
import { parkedSequences } from '../../../src/processor/replay/parked-sequences.ts'
import { defineReaction } from '../../../src/reactions/define-reaction.ts'
import type { BatchContext, BatchReactionDefinition } from '../../../src/reactions/reaction.ts'
import { openMemory } from '../../../src/testing/memory/index.ts'
import { until, untilCaughtUp } from '../../support/projecting/until.ts'
import { append, events, hurriedClock, interposed } from '../processor/support.ts'
import { virtualWorld } from './virtual.ts'

type Events = EventTypesOf<typeof events>
type Settings = Partial<Omit<BatchReactionDefinition<Events>, 'events' | 'handle'>>
type Handled = Parameters<BatchReactionDefinition<Events>['handle']>[0][number]

const idOf = ({ streamId, version }: Handled) => `${streamId}@${version}`

/** A reaction that notes its batches. */
function batching(
  settings: Settings = {},
  handle: (batch: readonly Handled[], context: BatchContext<Handled>) => unknown = () => {},
) {
  const batches: string[][] = []
  const reaction = defineReaction('batching', {
    events,
    from: 'start',
    batch: { most: 4 },
    ...settings,
    handle: async (batch, context) => {
      batches.push(batch.map(idOf))
      await handle(batch, context)
    },
  })
  return { reaction, batches }
}

async function run(port: StoragePort, reaction: ReturnType<typeof batching>['reaction']): Promise<void> {
  await using processor = await startProcessor(port, [reaction], { clock: hurriedClock })
  await untilCaughtUp(port, [reaction])
  await processor.stop()
}

describe('a reaction with batches', () => {
  it('gets the events in the order of the feed, as many at once as it takes', async () => {
    await using port = openMemory()
    for (const stream of ['s:1', 's:2', 's:1']) await append(port, stream, [1, 2])
    const { reaction, batches } = batching()
    await run(port, reaction)
    expect(batches).toEqual([
      ['s:1@1', 's:1@2', 's:2@1', 's:2@2'],
      ['s:1@3', 's:1@4'],
    ])
  })

  it('fails alone at one event, with what follows in its stream, and the others are acknowledged', async () => {
    await using port = openMemory()
    await append(port, 's:1', [1, 2, 3])
    await append(port, 's:2', [1])
    const { reaction, batches } = batching({ attempts: 2 }, (batch, context) => {
      const bad = batch.find((event) => idOf(event) === 's:1@2')
      if (bad) context.fail(bad, new RangeError(`not this one, attempt ${context.attemptOf(bad)}`))
    })
    await run(port, reaction)
    expect(batches).toEqual([
      ['s:1@1', 's:1@2', 's:1@3', 's:2@1'],
      ['s:1@2', 's:1@3'],
    ])
    expect(await parkedSequences(port, reaction).show('s:1')).toMatchObject({
      attempts: 2,
      waiting: 2,
      error: { code: 'HandlerFailed', message: expect.stringContaining('attempt 2') },
    })
  })

  it('sleeps until the event that failed may be tried again, while others of its stream wait', async () => {
    const world = virtualWorld()
    await append(world.port, 's:1', [1, 2, 3])
    const { reaction } = batching({ attempts: 3 }, ([first], context) =>
      context.fail(first as Handled, new Error('no')),
    )
    const pauses: number[] = []
    const { options } = world.process('one')
    const clock = {
      ...options.clock,
      sleep(milliseconds: number, signal?: AbortSignal) {
        pauses.push(milliseconds)
        // A loop of pauses without length would never let the time pass.
        if (pauses.length > 1_000) throw new Error('too many pauses')
        return options.clock.sleep(milliseconds, signal)
      },
    }
    const processor = await world.within(60_000, startProcessor(world.port, [reaction], { ...options, clock }))
    await world.pass(60_000)
    expect(await parkedSequences(world.port, reaction).show('s:1')).toMatchObject({ attempts: 3, waiting: 3 })
    expect(pauses.filter((pause) => pause <= 0)).toEqual([])
    await world.within(60_000, processor.stop())
  })

  it('is called again in halves when it throws, so that only the event at fault is parked', async () => {
    await using port = openMemory()
    for (const stream of ['s:1', 's:2', 's:3', 's:4']) await append(port, stream, [1])
    const { reaction, batches } = batching({ attempts: 1 }, (batch) => {
      if (batch.some((event) => idOf(event) === 's:3@1')) throw new Error('one of them')
    })
    await run(port, reaction)
    expect(batches.map((batch) => batch.length)).toEqual([4, 2, 2, 1, 1])
    const sequences = parkedSequences(port, reaction)
    expect((await sequences.list()).items.map(({ key }) => key)).toEqual(['s:3'])
    await expect(sequences.replay('s:3')).resolves.toMatchObject({ unparked: false })
  })

  it('waits for its destination, and resends only what it did not take', async () => {
    await using port = openMemory()
    for (const stream of ['s:1', 's:2', 's:3']) await append(port, stream, [1])
    let away = 3
    const { reaction, batches } = batching({ attempts: 1 }, ([, ...rest], context) => {
      for (const event of away-- > 0 ? rest : []) {
        context.fail(event, new Error('sending', { cause: new DestinationUnavailable('busy') }))
      }
    })
    await run(port, reaction)
    expect(batches).toEqual([['s:1@1', 's:2@1', 's:3@1'], ['s:2@1', 's:3@1'], ['s:3@1']])
    expect(await parkedSequences(port, reaction).count()).toBe(0)
  })

  it('has the key, the position and the attempt of each event, and of no other', async () => {
    await using port = openMemory()
    await append(port, 's:1', [1, 2])
    const keys: string[] = []
    const { reaction } = batching({ attempts: 1 }, (batch, context) => {
      for (const event of batch) keys.push(context.keyOf(event))
      context.keyOf({ ...(batch[0] as Handled) })
    })
    await run(port, reaction)
    // Once in the batch, and once alone each.
    expect(new Set(keys).size).toBe(2)
    const { error } = (await parkedSequences(port, reaction).show('s:1')) ?? {}
    expect(error).toBeUndefined()
  })
})

describe('a reaction', () => {
  it('is acknowledged after one attempt, if it says so, and goes on', async () => {
    await using port = openMemory()
    await append(port, 's:1', [1, 2])
    const calls: number[] = []
    const failures: unknown[] = []
    const reaction = defineReaction('finally', {
      events,
      from: 'start',
      acknowledge: 'onFinally',
      on: {
        Added: async ({ version }) => {
          calls.push(version)
          if (version === 1) throw new Error('never mind')
        },
      },
    })
    const onError = (error: unknown, where: object) => void failures.push({ error, ...where })
    await using processor = await startProcessor(port, [reaction], { clock: hurriedClock, onError })
    await untilCaughtUp(port, [reaction])
    await processor.stop()
    expect(calls).toEqual([1, 2])
    expect(await parkedSequences(port, reaction).count()).toBe(0)
    expect(failures).toMatchObject([{ error: { code: 'HandlerFailed' }, attempt: 1, parks: false }])
  })

  it('that acknowledges early is not called again, whatever follows', async () => {
    await using port = openMemory()
    await append(port, 's:1', [1, 2])
    const calls: number[] = []
    const stored: unknown[] = []
    const slow = interposed(port, async (call, next) => {
      if (call === 'viewStore.save') await new Promise((resolve) => setTimeout(resolve, 5))
      return next()
    })
    const reaction = defineReaction('shop.early-bird', {
      events,
      from: 'start',
      on: {
        Added: async ({ version }, { acknowledge }) => {
          calls.push(version)
          await acknowledge()
          const { views } = await port.viewStore.query({
            projection: '$progress-shop.early-bird',
            version: 1,
            limit: 9,
          })
          stored.push(...views.map(({ document }) => (document.data as { acknowledged?: unknown }).acknowledged))
          throw new Error('too late')
        },
      },
    })
    await using processor = await startProcessor(slow, [reaction], { clock: hurriedClock })
    await until('both were called', () => calls.length === 2)
    await untilCaughtUp(port, [reaction])
    await processor.stop()
    expect(calls).toEqual([1, 2])
    expect(stored.filter(Boolean)).toEqual([{ 's:1': 1 }, { 's:1': 2 }])
    expect(await parkedSequences(port, reaction).count()).toBe(0)
  })
})
