import { expect, it } from 'vitest'
import { z } from 'zod'
import { defineAggregate } from '../../../src/aggregates/aggregate.ts'
import { repository } from '../../../src/aggregates/repository.ts'
import { KeysUnavailable } from '../../../src/core/errors/privacy.ts'
import { StorageBusy } from '../../../src/core/errors/storage.ts'
import { defineEvents } from '../../../src/core/events/define-events.ts'
import { eventStore } from '../../../src/core/events/event-store.ts'
import { TIMER_SCHEDULED } from '../../../src/core/port/event-document.ts'
import { startProcessor } from '../../../src/processor/processor.ts'
import { parkedSequences } from '../../../src/processor/replay/parked-sequences.ts'
import { defineReaction } from '../../../src/reactions/define-reaction.ts'
import { events, interposed } from '../processor/support.ts'
import { virtualWorld } from './virtual.ts'

const orderEvents = defineEvents({ Done: z.object({}) })
const orders = defineAggregate({
  category: 'order',
  events: orderEvents,
  initial: { done: 0 },
  evolve: { Done: ({ done }) => ({ done: done + 1 }) },
})

it.each([
  ['the log throttles what handlers append', new StorageBusy('429')],
  ['the keys of personal data cannot be had', new KeysUnavailable('503')],
])('waits, and parks nothing, while %s', async (_, away) => {
  const world = virtualWorld()
  const { port } = world
  let isBusy = false
  const append: typeof port.events.append = async (...given) => {
    if (isBusy) throw away
    return port.events.append(...given)
  }
  const own = { ...port, events: { ...port.events, append } }
  const repo = repository(own, orders)
  const commanding = defineReaction('commanding', {
    events,
    from: 'start',
    on: {
      Added: ({ streamId }, { commandId }) =>
        repo.execute(streamId.replace(':', '-'), () => orderEvents.create('Done', {}), { commandId: commandId('do') }),
    },
  })
  const timing = defineReaction('timing', {
    events,
    from: 'start',
    on: { Added: ({ streamId }, { after }) => after(1_000_000, { timer: 'due', key: streamId }) },
    timers: { due: () => {} },
  })
  const reactions = [commanding, timing]
  const processor = await world.within(5_000, startProcessor(own, reactions, world.process('w').options))
  await world.pass(2_000)
  isBusy = true
  for (let i = 0; i < 5; i++)
    await port.events.append(
      `s:${i}`,
      [{ eventType: 'Added', eventData: { amount: 1 }, metadata: { eventId: `e${i}` } }],
      { expectedVersion: 0 },
    )
  await world.pass(60_000)
  isBusy = false
  await world.pass(61_000)
  for (const reaction of reactions) expect(await parkedSequences(port, reaction).count()).toBe(0)
  for (let i = 0; i < 5; i++) expect((await port.events.load(`order:s-${i}`)).events).toHaveLength(1)
  const scheduled = await Array.fromAsync(port.events.query({}))
  expect(scheduled.filter(({ eventType }) => eventType === TIMER_SCHEDULED)).toHaveLength(5)
  await world.within(60_000, processor.stop())
})

it('parks a timer of which the code knows no more, instead of skipping it', async () => {
  const meterEvents = defineEvents({ Registered: z.object({}) })
  const world = virtualWorld()
  const { port } = world
  const called: string[] = []
  const timed = (name: string) =>
    defineReaction(name, {
      events: meterEvents,
      from: 'start',
      on: { Registered: ({ streamId }, { after }) => after(5_000, { timer: 'due', key: streamId }) },
      timers: { due: ({ key }) => void called.push(`${name} ${key}`) },
    })
  const without = defineReaction('mine', { events: meterEvents, from: 'start', on: { Registered: () => {} } })
  const first = await world.within(
    5_000,
    startProcessor(port, [timed('mine'), timed('other')], world.process('a').options),
  )
  await eventStore(port, meterEvents).append('meter:1', [{ type: 'Registered', data: {} }], { expectedVersion: 'any' })
  await world.pass(2_000)
  await world.within(60_000, first.stop())
  const second = await world.within(5_000, startProcessor(port, [without, timed('other')], world.process('b').options))
  await world.pass(60_000)
  expect(called).toEqual(['other meter:1'])
  expect(await parkedSequences(port, timed('mine')).count()).toBe(1)
  await world.within(60_000, second.stop())
})

it('reads the other gauges while timers cannot be counted, and counts again', async () => {
  const world = virtualWorld()
  let isBroken = false
  const port = interposed(world.port, async (call, next) => {
    if (isBroken && call === 'viewStore.count') throw new StorageBusy('429')
    return next()
  })
  let read: () => Promise<readonly { readonly gauge: string }[]> = async () => []
  const telemetry = {
    count() {},
    time: () => () => {},
    span: <T>(_: unknown, work: (span: undefined) => T) => work(undefined),
    observe(reader: typeof read) {
      read = reader
      return () => {}
    },
  }
  const reaction = defineReaction('timing', { events, on: { Added: () => {} }, timers: { due: () => {} } })
  const options = { ...world.process('w').options, telemetry: telemetry as never }
  const processor = await world.within(5_000, startProcessor(port, [reaction], options))
  await world.pass(31_000)
  const names = async () => new Set((await read()).map(({ gauge }) => gauge))
  isBroken = true
  const broken = await names()
  isBroken = false
  const mended = await names()
  expect(broken).toContain('tidemark.range.waiting')
  expect(broken).not.toContain('tidemark.timers.pending')
  expect(mended).toContain('tidemark.timers.pending')
  await world.within(60_000, processor.stop())
})
