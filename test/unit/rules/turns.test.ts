import { describe, expect, it } from 'vitest'
import type { EventLog } from '../../../src/core/port/event-log.ts'
import type { StoragePort } from '../../../src/core/port/storage.ts'
import { startProcessor } from '../../../src/processor/processor.ts'
import { defineRule, on, setProperty, subjects } from '../../../src/rules/index.ts'
import { open } from '../timers/support.ts'
import { add, added, cart, user } from './support.ts'

const productAdded = on(cart, 'productAdded')

/** Rules that all write to the same subject. */
const counters = (count: number) =>
  Array.from({ length: count }, (_, i) =>
    defineRule(`count-${i}`, productAdded, {
      subject: user,
      from: 'start',
      attempts: 1,
      then: [setProperty(`n${i}`, ({ subject }) => Number(subject.properties[`n${i}`] ?? 0) + 1)],
    }),
  )

/** A storage with something before each append to the stream of a subject. */
const withEvents = (port: StoragePort, before: () => Promise<void> | void): StoragePort => ({
  ...port,
  events: new Proxy(port.events, {
    get(log, name: keyof EventLog) {
      const member = log[name]
      if (name !== 'append') return typeof member === 'function' ? member.bind(log) : member
      return async (...parameters: Parameters<EventLog['append']>) => {
        if (parameters[0].startsWith('subject:')) await before()
        return log.append(...parameters)
      }
    },
  }),
})

describe('rules of a process that meet in one subject', () => {
  it('take turns, so that each firing is appended at the first attempt', async () => {
    const world = open(1)
    await using port = world.port
    let appends = 0
    const counted = withEvents(world.theirs, () => void appends++)
    const processor = await world.whileTimePasses(startProcessor(counted, counters(10), { clock: world.clock }))
    for (let i = 0; i < 10; i++) await add(port, `cart:${i}`, added('456', 'tea'))
    await world.pass(60_000)
    expect(Object.values((await subjects(port).load('user:456')).properties)).toEqual(Array(10).fill(10))
    expect(appends).toBe(100)
    await world.whileTimePasses(processor.stop())
  })

  it('fail no attempt however long they wait for their turns', async () => {
    const world = open(1)
    await using port = world.port
    for (let i = 0; i < 20; i++) await add(port, `cart:${i}`, added('456', 'tea'))
    const errors: unknown[] = []
    const slow = withEvents(world.theirs, () => world.clock.sleep(1_000))
    const processor = await world.whileTimePasses(
      startProcessor(slow, counters(5), { clock: world.clock, onError: (error) => errors.push(error) }),
    )
    await world.pass(300_000)
    expect(Object.values((await subjects(port).load('user:456')).properties)).toEqual(Array(5).fill(20))
    expect(errors).toEqual([])
    await world.whileTimePasses(processor.stop())
  })
})

describe('a rule that another process is always ahead of', () => {
  it('waits longer and longer before it tries again, each time at random', async () => {
    const world = open(1)
    await using port = world.port
    const [rule, other] = counters(2)
    await add(port, 'cart:1', added('456', 'tea'))
    let ahead = 4
    const rival = await world.whileTimePasses(startProcessor(world.again(), [other as never], { clock: world.clock }))
    const waits: number[] = []
    const clock = {
      now: () => world.clock.now(),
      sleep(milliseconds: number, signal?: AbortSignal) {
        if (milliseconds < 250) waits.push(milliseconds)
        return world.clock.sleep(milliseconds, signal)
      },
    }
    const raced = withEvents(world.again(), async () => {
      if (ahead-- <= 0) return
      await add(port, `cart:other-${ahead}`, added('456', 'tea'))
      await world.clock.sleep(20_000)
    })
    const processor = await world.whileTimePasses(
      startProcessor(raced, [rule as never], { clock, random: () => 0.5, pollInterval: 5_000 }),
    )
    await world.pass(300_000)
    expect(waits).toEqual([2, 4, 8, 16])
    for (const one of [processor, rival]) await world.whileTimePasses(one.stop())
  })
})
