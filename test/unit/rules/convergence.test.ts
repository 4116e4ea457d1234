import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { startProcessor } from '../../../src/processor/processor.ts'
import { defineRule, on, setProperty, store, subjects } from '../../../src/rules/index.ts'
import { mortal, open } from '../timers/support.ts'
import { add, cart, user } from './support.ts'

// Rules for which the order of streams does not matter, so that a plain fold over the events says what subjects are.
const either = on(cart, 'productAdded', 'loggedIn')
const rules = () => [
  defineRule('count', either, {
    subject: user,
    from: 'start',
    then: [setProperty('count', ({ subject }) => Number(subject.properties.count ?? 0) + 1)],
  }),
  defineRule('latest', on(cart, 'loggedIn'), {
    subject: user,
    from: 'start',
    record: 'fired',
    then: [
      setProperty('latest', ({ event }) => event.streamId, { latestBy: ({ event }) => event.data.at }),
      setProperty(`of-all`, ({ event }) => event.data.at.slice(0, 19), { latestBy: ({ event }) => event.data.at }),
    ],
  }),
  defineRule('log', on(cart, 'productAdded'), {
    subject: user,
    from: 'start',
    then: [store('log', ({ event }) => [event.streamId, event.data.product_id])],
  }),
]

type Given = { readonly stream: number; readonly user: number; readonly at: number | undefined }

const timeOf = (at: number) => new Date(at * 1000).toISOString()

/** What subjects are, by a plain fold over the events. */
function folded(given: readonly Given[]) {
  const users = new Map<string, { count: number; latest?: readonly [string, string]; log: Record<string, number[]> }>()
  for (const [i, { stream, user, at }] of given.entries()) {
    const streamId = `cart:${stream}`
    const known = users.get(`user:${user}`) ?? { count: 0, log: {} }
    users.set(`user:${user}`, known)
    known.count++
    if (at === undefined) known.log[streamId] = [...(known.log[streamId] ?? []), i]
    else {
      const mine = [timeOf(at), streamId] as const
      if (known.latest === undefined || mine.join() > known.latest.join()) known.latest = mine
    }
  }
  return users
}

describe('subjects', () => {
  it('are what a plain fold says, however workers die, meet and repeat', { timeout: 120_000 }, async () => {
    const one = fc.record({
      stream: fc.integer({ min: 0, max: 3 }),
      user: fc.integer({ min: 0, max: 1 }),
      at: fc.option(fc.integer({ min: 0, max: 4 }), { nil: undefined }),
    })
    const death = fc.record({ at: fc.integer({ min: 5, max: 250 }), done: fc.boolean() })
    await fc.assert(
      fc.asyncProperty(
        fc.array(one, { minLength: 1, maxLength: 12 }),
        fc.array(death, { maxLength: 3 }),
        fc.integer({ min: 1, max: 4 }),
        async (given, deaths, ranges) => {
          const { scheduler, clock, port, again, pass, whileTimePasses } = open(ranges)
          await using _ = port
          const dying = deaths.map((at) => mortal(again(), scheduler, at))
          // All at once, so that they conflict, and each dies at a call of its own.
          const starting = dying.map((one) => startProcessor(one.port, rules(), { clock: one.clock }))
          for (const one of starting) one.catch(() => {})
          for (const [i, { stream, user, at }] of given.entries()) {
            const user_id = String(user)
            const event =
              at === undefined
                ? cart.create('productAdded', { user_id, product_id: String(i) })
                : cart.create('loggedIn', { user_id, at: timeOf(at) })
            await add(port, `cart:${stream}`, event)
            if (i % 3 === 0) await pass(300)
          }
          const last = await whileTimePasses(startProcessor(again(), rules(), { clock }))
          await pass(90_000)
          for (const [id, { count, latest, log }] of folded(given)) {
            const found = await subjects(port).load(id)
            const timed = latest && { latest: latest[1], 'of-all': latest[0].slice(0, 19) }
            expect(found.properties).toEqual({ count, ...timed })
            const { entries } = await subjects(port).log(id, 'log')
            const logged = Object.groupBy(entries, ({ entry }) => (entry as readonly string[])[0] as string)
            const inOrder = Object.entries(logged).map(([stream, all]) => [
              stream,
              all?.map(({ entry }) => Number((entry as readonly string[])[1])),
            ])
            expect(Object.fromEntries(inOrder)).toEqual(log)
          }
          await whileTimePasses(last.stop())
          for (const [i, one] of starting.entries()) {
            if (!dying[i]?.isDead()) await whileTimePasses((await one).stop())
          }
        },
      ),
      { numRuns: Number(process.env.TIDEMARK_RUNS ?? 25) },
    )
  })
})
