import { describe, expect, it } from 'vitest'
import { deleteStream } from '../../../../src/core/append/delete-stream.ts'
import { EventNotFound } from '../../../../src/core/errors/append.ts'
import type { StoragePort } from '../../../../src/core/port/storage.ts'
import { startProcessor } from '../../../../src/processor/processor.ts'
import { parkedSequences } from '../../../../src/processor/replay/parked-sequences.ts'
import { explainEvent } from '../../../../src/rules/explain/explain-event.ts'
import {
  call,
  check,
  defineRule,
  emit,
  on,
  propertyChanged,
  type Rule,
  setProperty,
  store,
} from '../../../../src/rules/index.ts'
import { add, added, badges, cart, eventsOf, running } from '../support.ts'

const productAdded = on(cart, 'productAdded')
const user = ({ data }: { readonly data: { readonly user_id: string } }) => `user:${data.user_id}`
const setLast = setProperty<{ readonly data: { readonly product_id: string } }>(
  'last',
  ({ event }) => event.data.product_id,
)

const explainedBy = async (port: StoragePort, rule: Rule, streamId: string, version: number) =>
  (await explainEvent(port, [rule], { streamId, version })).rules[0]

describe('the explanation of an event', () => {
  it('tells what a rule that fired has changed, emitted, stored and called, and at which version of the subject', async () => {
    const rule = defineRule('on-product-added', productAdded, {
      version: 2,
      subject: user,
      when: [check('not banned', () => true), check('any product', () => true)],
      then: [setLast, emit(badges, 'badgeEarned', () => ({ badge: 'buyer' })), store('user-log', () => ({ a: 1 }))],
      effects: [call('mail', () => {})],
    })
    const world = await running(rule)
    await using _ = world.port
    await add(world.port, 'cart:1', added('456', 'tea'), added('456', 'milk'))
    await world.pass(5_000)
    const explained = await explainEvent(world.port, [rule], { streamId: 'cart:1', version: 2 })
    expect(explained).toMatchObject({
      event: { streamId: 'cart:1', version: 2, type: 'productAdded' },
      causes: [],
      rules: [
        {
          rule: 'on-product-added',
          version: 2,
          sees: true,
          subject: 'user:456',
          outcome: 'fired',
          computed: false,
          checks: [
            { name: 'not banned', passed: true },
            { name: 'any product', passed: true },
          ],
          blockedBy: null,
          firing: {
            streamId: 'subject:user:456',
            version: 8,
            depth: 0,
            changes: [{ name: 'last', old: 'tea', new: 'milk' }],
            emitted: [{ streamId: 'subject:user:456', version: 6, type: 'badgeEarned', data: { badge: 'buyer' } }],
            entries: [{ store: 'user-log', entry: { a: 1 } }],
          },
          effects: [{ effect: 'mail', state: 'passed' }],
        },
      ],
    })
    await world.end()
  })

  it('names the check that said no, as it is recorded', async () => {
    let isBanned = true
    const rule = defineRule('on-product-added', productAdded, {
      subject: user,
      when: [check('any', () => true), check('not banned', () => !isBanned), check('never asked', () => false)],
      then: [setLast],
    })
    const world = await running(rule)
    await using _ = world.port
    await add(world.port, 'cart:1', added('456', 'tea'))
    await world.pass(5_000)
    // What is recorded counts, and not what the check would say now.
    isBanned = false
    expect(await explainedBy(world.port, rule, 'cart:1', 1)).toMatchObject({
      outcome: 'blocked',
      computed: false,
      blockedBy: 'not banned',
      checks: [
        { name: 'any', passed: true },
        { name: 'not banned', passed: false },
      ],
      firing: null,
    })
    await world.end()
  })

  it('computes the check of a rule that records only firings, with the subject as it was, and says so', async () => {
    const rule = defineRule('once', productAdded, {
      subject: user,
      record: 'fired',
      when: [check('the first one', ({ subject }) => subject.properties.last === undefined)],
      then: [setLast],
    })
    const world = await running(rule)
    await using _ = world.port
    await add(world.port, 'cart:1', added('456', 'tea'))
    await world.pass(5_000)
    await add(world.port, 'cart:1', added('456', 'milk'))
    await world.pass(5_000)
    expect(await explainedBy(world.port, rule, 'cart:1', 1)).toMatchObject({ outcome: 'fired', computed: false })
    expect(await explainedBy(world.port, rule, 'cart:1', 2)).toMatchObject({
      outcome: 'blocked',
      computed: true,
      blockedBy: 'the first one',
    })
    await world.end()
  })

  it('tells apart events that do not concern a rule, are not reached, or came before it began', async () => {
    const nobody = defineRule('nobody', productAdded, { subject: () => null, then: [setLast] })
    const logins = defineRule('logins', on(cart, 'loggedIn'), { subject: user, then: [store('log', () => 1)] })
    const late = defineRule('late', productAdded, { subject: user, then: [setLast] })
    const idle = defineRule('idle', productAdded, { subject: user, then: [setLast] })
    const before = await running(nobody, logins)
    await using _ = before.port
    await add(before.port, 'cart:1', added('456', 'tea'))
    await before.pass(5_000)
    await before.end()
    const { theirs, clock, whileTimePasses } = before
    const after = await whileTimePasses(startProcessor(theirs, [nobody, logins, late], { clock }))
    await before.pass(5_000)
    await whileTimePasses(after.stop())
    await add(before.port, 'cart:1', added('456', 'milk'))
    const outcomes = async (version: number) => {
      const { rules } = await explainEvent(before.port, [nobody, logins, late, idle], { streamId: 'cart:1', version })
      return rules.map(({ rule, outcome, sees, subject, computed }) => [rule, outcome, sees, subject, computed])
    }
    expect(await outcomes(1)).toEqual([
      ['nobody', 'notConcerned', true, null, true],
      ['logins', 'notOn', false, null, true],
      ['late', 'beforeBegin', true, 'user:456', false],
      ['idle', 'notStarted', true, 'user:456', false],
    ])
    expect((await outcomes(2))[2]).toEqual(['late', 'pending', true, 'user:456', false])
  })

  it('tells why a rule is parked, what waits behind that, and what an operator dropped', async () => {
    const rule = defineRule('picky', productAdded, {
      subject: user,
      attempts: 1,
      when: [
        check('has a name', ({ event }) => {
          if (event.data.product_id === '') throw new TypeError('no name')
          return true
        }),
      ],
      then: [setLast],
    })
    const world = await running(rule)
    await using _ = world.port
    await add(world.port, 'cart:1', added('456', 'tea'), added('456', ''), added('456', 'milk'))
    await world.pass(5_000)
    expect(await explainedBy(world.port, rule, 'cart:1', 1)).toMatchObject({ outcome: 'fired' })
    expect(await explainedBy(world.port, rule, 'cart:1', 2)).toMatchObject({
      outcome: 'parked',
      error: { message: expect.stringContaining('check has a name threw an error') },
      parked: { attempts: 1 },
      checks: [],
    })
    expect(await explainedBy(world.port, rule, 'cart:1', 3)).toMatchObject({ outcome: 'held', behind: 2 })
    const [reaction] = rule.reactions(world.port)
    await parkedSequences(world.port, reaction as NonNullable<typeof reaction>).dropOne('cart:1')
    expect(await explainedBy(world.port, rule, 'cart:1', 2)).toMatchObject({ outcome: 'unrecorded', computed: false })
    expect(await explainedBy(world.port, rule, 'cart:1', 3)).toMatchObject({ outcome: 'fired' })
    await world.end()
  })

  it('tells the progress of effects that wait and that are parked', async () => {
    let isBroken = true
    const rule = defineRule('on-product-added', productAdded, {
      subject: user,
      then: [setLast],
      effects: [
        call(
          'mail',
          () => {
            if (isBroken) throw new Error('no such address')
          },
          { attempts: 1 },
        ),
        call('post', () => new Promise(() => {}), { timeLimit: 3_600_000 }),
      ],
    })
    const world = await running(rule)
    await using _ = world.port
    await add(world.port, 'cart:1', added('456', 'tea'), added('456', 'milk'))
    await world.pass(5_000)
    const effects = async (version: number) => (await explainedBy(world.port, rule, 'cart:1', version))?.effects
    expect(await effects(1)).toMatchObject([
      { effect: 'mail', state: 'parked', attempts: 1, error: { message: expect.stringContaining('no such address') } },
      { effect: 'post', state: 'pending' },
    ])
    expect(await effects(2)).toMatchObject([
      { effect: 'mail', state: 'held' },
      { effect: 'post', state: 'pending' },
    ])
    isBroken = false
  })

  it('tells that a chain of rules was stopped as a loop, and the chain up to its first event', async () => {
    const begin = defineRule('begin', productAdded, { subject: user, then: [setProperty('n', () => 0)] })
    const endless = defineRule('endless', propertyChanged('n'), {
      attempts: 1,
      then: [setProperty('n', ({ subject }) => Number(subject.properties.n) + 1)],
    })
    const world = await running(begin, endless)
    await using _ = world.port
    await add(world.port, 'cart:1', added('456', 'tea'))
    await world.pass(60_000)
    const written = await eventsOf(world.port, 'user:456')
    const version = written.findLast(({ eventType }) => eventType === '$propertyChanged')?.stream.version as number
    const { causes, rules } = await explainEvent(world.port, [begin, endless], {
      streamId: 'subject:user:456',
      version,
    })
    expect(rules.map(({ rule, outcome, error }) => [rule, outcome, error?.code])).toEqual([
      ['begin', 'notOn', undefined],
      ['endless', 'loop', 'RuleLoop'],
    ])
    expect(causes.map(({ rule, depth }) => [rule, depth])).toEqual([
      ...Array.from({ length: 15 }, (_, i) => ['endless', 15 - i]),
      ['begin', 0],
    ])
    expect(causes.at(-1)?.cause).toMatchObject({ streamId: 'cart:1', version: 1, type: 'productAdded' })
    await world.end()
  })

  it('says that a rule fired that came to the event while it was explained', async () => {
    const rule = defineRule('on-product-added', productAdded, { subject: user, then: [setLast] })
    const world = await running(rule)
    await using _ = world.port
    await add(world.port, 'cart:1', added('456', 'tea'))
    await world.pass(5_000)
    let looks = 0
    const events: StoragePort['events'] = {
      ...world.port.events,
      findAppend: async (streamId, eventId) =>
        streamId === 'subject:user:456' && ++looks === 1 ? undefined : world.port.events.findAppend(streamId, eventId),
    }
    expect(await explainedBy({ ...world.port, events }, rule, 'cart:1', 1)).toMatchObject({ outcome: 'fired' })
    expect(looks).toBe(2)
    await world.end()
  })

  it('says when the stream of the subject was deleted', async () => {
    const rule = defineRule('on-product-added', productAdded, { subject: user, then: [setLast] })
    const world = await running(rule)
    await using _ = world.port
    await add(world.port, 'cart:1', added('456', 'tea'))
    await world.pass(5_000)
    await deleteStream(world.port, 'subject:user:456')
    expect(await explainedBy(world.port, rule, 'cart:1', 1)).toMatchObject({ outcome: 'subjectDeleted' })
    await world.end()
  })

  it('is refused for an event that does not exist, or that was deleted', async () => {
    const rule = defineRule('on-product-added', productAdded, { subject: user, then: [setLast] })
    const world = await running(rule)
    await using _ = world.port
    await add(world.port, 'cart:1', added('456', 'tea'))
    await expect(explainEvent(world.port, [rule], { streamId: 'cart:1', version: 2 })).rejects.toThrow(EventNotFound)
    await expect(explainEvent(world.port, [rule], { streamId: 'cart:2', version: 1 })).rejects.toThrow(EventNotFound)
    await deleteStream(world.port, 'cart:1')
    await expect(explainEvent(world.port, [rule], { streamId: 'cart:1', version: 1 })).rejects.toThrow('was deleted')
    await world.end()
  })
})
