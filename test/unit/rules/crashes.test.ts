import { describe, expect, it } from 'vitest'
import { startProcessor } from '../../../src/processor/processor.ts'
import { call, defineRule, emit, on, propertyChanged, setProperty, store } from '../../../src/rules/index.ts'
import { mortal, open } from '../timers/support.ts'
import { add, added, badges, cart, user, writtenTo } from './support.ts'

/** Rules of which each sees what an earlier firing wrote, so that one which ran twice would show. */
function counting(keys: string[] = []) {
  const first = defineRule('count-products', on(cart, 'productAdded'), {
    subject: user,
    from: 'start',
    then: [
      setProperty('count', ({ subject }) => Number(subject.properties.count ?? 0) + 1),
      emit(badges, 'badgeEarned', ({ subject }) => ({ badge: String(subject.properties.count) })),
      store('log', ({ event }) => event.data.product_id),
    ],
    effects: [call('mail', (_, { key }) => void keys.push(key))],
  })
  const second = defineRule('count-changes', propertyChanged('count'), {
    from: 'start',
    then: [setProperty('changes', ({ subject }) => Number(subject.properties.changes ?? 0) + 1)],
  })
  const third = defineRule('count-badges', on(badges, 'badgeEarned'), {
    from: 'start',
    then: [setProperty('badges', ({ subject }) => Number(subject.properties.badges ?? 0) + 1)],
  })
  return [first, second, third]
}

describe('a worker that dies while rules run', () => {
  it('neither loses nor repeats a firing, wherever it dies', { timeout: 120_000 }, async () => {
    let deaths = 0
    for (let at = 10, isOver = false; !isOver; at += 11) {
      for (const done of [false, true]) {
        const { scheduler, clock, port, theirs, pass, whileTimePasses } = open(2)
        await using _ = port
        const keys: string[] = []
        const dying = mortal(theirs, scheduler, { at, done })
        const starting = startProcessor(dying.port, counting(keys), { clock: dying.clock })
        starting.catch(() => {})
        await pass(100)
        await add(port, 'cart:1', added('456', 'tea'), added('456', 'rice'))
        await add(port, 'cart:2', added('456', 'milk'))
        await pass(3_000)
        isOver = !dying.isDead()
        if (!isOver) deaths++
        const next = await whileTimePasses(startProcessor(theirs, counting(keys), { clock }))
        await pass(60_000)
        const written = await writtenTo(port, 'user:456')
        const last = (name: string) =>
          written.findLast(([type, data]) => type === '$propertyChanged' && data.name === name)?.[1].new
        const types = Object.groupBy(written, ([type]) => type)
        expect([at, done, last('count'), last('changes'), last('badges')]).toEqual([at, done, 3, 3, 3])
        expect([types.$ruleFired?.length, types.badgeEarned?.length, types.$entryStored?.length]).toEqual([9, 3, 3])
        expect(new Set(keys).size).toBe(3)
        await whileTimePasses(next.stop())
        if (!dying.isDead()) await whileTimePasses((await starting).stop())
      }
    }
    expect(deaths).toBeGreaterThan(10)
  })
})
