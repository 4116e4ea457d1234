import { describe, expect, it } from 'vitest'
import { deleteStream } from '../../../src/core/append/delete-stream.ts'
import type { StoragePort } from '../../../src/core/port/storage.ts'
import { startProcessor } from '../../../src/processor/processor.ts'
import { check, defineRule, on, propertyChanged, setProperty, store, subjects } from '../../../src/rules/index.ts'
import { open } from '../timers/support.ts'
import { add, added, cart, eventsOf, running, user, writtenTo } from './support.ts'

const productAdded = on(cart, 'productAdded')
const last = setProperty(
  'last',
  ({ event }: { readonly event: { readonly data: { readonly product_id: string } } }) => event.data.product_id,
)

describe('a rule that is blocked', () => {
  const rule = (record: 'all' | 'fired') =>
    defineRule('on-product-added', productAdded, {
      subject: user,
      record,
      when: [check('is tea', ({ event }) => event.data.product_id === 'tea'), check('never asked', () => true)],
      then: [last],
    })

  it('is recorded, with the check that said no', async () => {
    const world = await running(rule('all'))
    await using port = world.port
    await add(port, 'cart:1', added('456', 'tea'), added('456', 'rice'))
    await world.pass(5_000)
    const [, second] = (await port.events.load('cart:1')).events
    expect((await writtenTo(port, 'user:456')).at(-1)).toEqual([
      '$ruleBlocked',
      {
        rule: 'on-product-added',
        version: 1,
        cause: { streamId: 'cart:1', version: 2, eventId: second?.metadata.eventId, type: 'productAdded' },
        checks: [{ name: 'is tea', passed: false }],
        depth: 0,
        subjectVersion: 2,
      },
    ])
    expect((await subjects(port).load('user:456')).properties).toEqual({ last: 'tea' })
    await world.end()
  })

  it('is not recorded if only firings are', async () => {
    const world = await running(rule('fired'))
    await using port = world.port
    await add(port, 'cart:1', added('456', 'rice'), added('456', 'tea'), added('456', 'milk'))
    await world.pass(5_000)
    expect((await writtenTo(port, 'user:456')).map(([type]) => type)).toEqual(['$propertyChanged', '$ruleFired'])
    await world.end()
  })
})

describe('rules that other writers get in the way of', () => {
  it('evaluate anew, and count no attempt', async () => {
    // Two processes, so that neither knows what the other writes.
    const rule = () =>
      defineRule('count', productAdded, {
        subject: user,
        from: 'start',
        attempts: 1,
        then: [setProperty('count', ({ subject }) => Number(subject.properties.count ?? 0) + 1)],
      })
    const world = open(4)
    await using port = world.port
    for (let i = 0; i < 40; i++) await add(port, `cart:${i}`, added('456', 'tea'))
    const errors: unknown[] = []
    const start = (workerId: string) =>
      startProcessor(world.again(), [rule()], { clock: world.clock, workerId, onError: (error) => errors.push(error) })
    const first = await world.whileTimePasses(start('a'))
    const second = await world.whileTimePasses(start('b'))
    await world.pass(60_000)
    expect((await subjects(port).load('user:456')).properties).toEqual({ count: 40 })
    expect(errors).toEqual([])
    for (const one of [first, second]) await world.whileTimePasses(one.stop())
  })

  it('judge by the latest state also what they do not record', async () => {
    // What this process remembers of the subject says no, and what another one has written says yes.
    const rule = (name: string, value: string) =>
      defineRule(name, on(cart, value === 'open' ? 'loggedIn' : 'productAdded'), {
        subject: user,
        record: 'fired',
        when: value === 'open' ? [] : [check('is open', ({ subject }) => subject.properties.door === 'open')],
        then: [setProperty('door', () => value)],
      })
    const world = open(1)
    await using port = world.port
    const [mine, theirs] = [world.again(), world.again()]
    const one = await world.whileTimePasses(startProcessor(mine, [rule('close', 'shut')], { clock: world.clock }))
    const other = await world.whileTimePasses(startProcessor(theirs, [rule('open', 'open')], { clock: world.clock }))
    for (let i = 0; i < 3; i++) {
      await add(port, 'cart:1', cart.create('loggedIn', { user_id: '456', at: '' }))
      await world.pass(5_000)
      await add(port, 'cart:1', added('456', 'tea'))
      await world.pass(5_000)
    }
    const values = (await writtenTo(port, 'user:456')).flatMap(([type, data]) =>
      type === '$propertyChanged' ? data.new : [],
    )
    expect(values).toEqual(['open', 'shut', 'open', 'shut', 'open', 'shut'])
    for (const processor of [one, other]) await world.whileTimePasses(processor.stop())
  })
})

describe('the events of one stream', () => {
  it('reach a subject in order, and each once', async () => {
    const rule = defineRule('log-all', productAdded, {
      subject: user,
      then: [last, store('log', ({ event }) => event.data.product_id)],
    })
    const world = await running(rule)
    await using port = world.port
    for (let i = 0; i < 30; i++) await add(port, `cart:${i % 3}`, added('456', `p${i}`))
    await world.pass(10_000)
    const { entries, next } = await subjects(port).log('user:456', 'log')
    expect(next).toBeNull()
    for (const stream of [0, 1, 2]) {
      const mine = entries.map(({ entry }) => Number(String(entry).slice(1))).filter((i) => i % 3 === stream)
      expect(mine).toEqual(Array.from({ length: 10 }, (_, i) => i * 3 + stream))
    }
    await world.end()
  })
})

describe('a rule on the changes of a property', () => {
  it('runs on what other rules change, one deeper', async () => {
    const first = defineRule('first', productAdded, { subject: user, then: [last] })
    const second = defineRule('second', propertyChanged('last'), {
      subject: ({ data }) => `product:${String(data.new)}`,
      then: [setProperty('buyers', ({ subject }) => Number(subject.properties.buyers ?? 0) + 1)],
    })
    const world = await running(first, second)
    await using port = world.port
    await add(port, 'cart:1', added('1', 'tea'), added('2', 'tea'), added('2', 'tea'), added('2', 'rice'))
    await world.pass(10_000)
    expect((await subjects(port).load('product:tea')).properties).toEqual({ buyers: 2 })
    expect((await subjects(port).load('product:rice')).properties).toEqual({ buyers: 1 })
    const written = await eventsOf(port, 'product:tea')
    expect(written.map(({ metadata }) => metadata.ruleDepth)).toEqual([1, 1, 1, 1])
    await world.end()
  })
})

describe('an event that a rule does not concern', () => {
  it('leaves no trace', async () => {
    const rule = defineRule('a', productAdded, { subject: () => null, then: [last] })
    const world = await running(rule)
    await using port = world.port
    await add(port, 'cart:1', added('456', 'tea'))
    await world.pass(5_000)
    const streams: string[] = []
    for await (const id of port.events.streams({ category: 'subject' })) streams.push(id)
    expect(streams).toEqual([])
    expect(world.failures).toEqual([])
    await world.end()
  })

  it('is done if the stream of its subject was deleted', async () => {
    const rule = defineRule('a', productAdded, { subject: user, attempts: 1, then: [last] })
    const world = await running(rule)
    await using port = world.port
    await add(port, 'cart:1', added('456', 'tea'))
    await world.pass(5_000)
    await deleteStream(port, 'subject:user:456')
    await add(port, 'cart:1', added('456', 'rice'), added('7', 'rice'))
    await world.pass(10_000)
    expect(world.failures).toEqual([])
    expect((await subjects(port).load('user:7')).properties).toEqual({ last: 'rice' })
    await world.end()
  })
})

describe('a worker with another version of a rule', () => {
  const start = (world: ReturnType<typeof open>, version: number, errors: string[] = []) =>
    startProcessor(
      world.again() as StoragePort,
      [defineRule('a', productAdded, { version, subject: user, then: [setProperty('by', () => version)] })],
      { clock: world.clock, onError: (error) => errors.push((error as { readonly code: string }).code) },
    )

  it('takes over with a higher one, and continues where the former one stood', async () => {
    const world = open(1)
    await using port = world.port
    const errors: string[] = []
    const first = await world.whileTimePasses(start(world, 1, errors))
    await add(port, 'cart:1', added('456', 'tea'))
    await world.pass(5_000)
    const second = await world.whileTimePasses(start(world, 2))
    await world.pass(60_000)
    await add(port, 'cart:1', added('456', 'rice'))
    await world.pass(10_000)
    const fired = (await writtenTo(port, 'user:456')).filter(([type]) => type === '$ruleFired')
    expect(fired.map(([, data]) => data.version)).toEqual([1, 2])
    expect(new Set(errors)).toEqual(new Set(['GroupMismatch']))
    for (const one of [first, second]) await world.whileTimePasses(one.stop())
  })

  it('does not start with a lower one while the higher one runs', async () => {
    const world = open(1)
    await using _ = world.port
    const first = await world.whileTimePasses(start(world, 2))
    await world.pass(2_000)
    await expect(world.whileTimePasses(start(world, 1))).rejects.toMatchObject({ code: 'GroupMismatch' })
    await world.whileTimePasses(first.stop())
  })
})

describe('functions of a rule that changed', () => {
  it('are reported if the version did not change, once', async () => {
    const world = open(1)
    await using _ = world.port
    const notices: unknown[] = []
    const run = async (version: number, value: () => number) => {
      const rule = defineRule('a', productAdded, { version, subject: user, then: [setProperty('by', value)] })
      const onVersion = (notice: { readonly kind: string }) => notices.push(notice)
      const processor = await world.whileTimePasses(
        startProcessor(world.theirs, [rule], { clock: world.clock, onVersion }),
      )
      await world.whileTimePasses(processor.stop())
    }
    const [one, two, three] = [() => 1, () => 2, () => 3]
    const since = new Date(world.clock.now()).toISOString()
    for (const value of [one, one, two, two]) await run(1, value)
    await run(2, three)
    expect(notices).toEqual([
      { kind: 'codeChanged', projection: 'a', version: 1, since: expect.stringContaining(since.slice(0, 20)) },
    ])
  })
})
