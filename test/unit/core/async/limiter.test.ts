import fc from 'fast-check'
import { expect, test } from 'vitest'
import { limiter } from '../../../../src/core/async/limiter.ts'

test('a limiter runs no more than its limit at once, in order, and goes on after failures', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.scheduler(),
      fc.integer({ min: 1, max: 4 }),
      fc.array(fc.boolean(), { maxLength: 40 }),
      async (scheduler, most, fails) => {
        const limit = limiter(most)
        const begun: number[] = []
        let running = 0
        let highest = 0
        const works = fails.map((isFailing, i) =>
          limit(async () => {
            begun.push(i)
            highest = Math.max(highest, ++running)
            await scheduler.schedule(Promise.resolve(), `work ${i}`)
            running--
            if (isFailing) throw new Error(`${i}`)
            return i
          }),
        )
        const settled = Promise.allSettled(works)
        await scheduler.waitFor(settled)
        expect(highest).toBe(Math.min(most, fails.length))
        expect(begun).toEqual(fails.map((_, i) => i))
        expect((await settled).map(({ status }) => status)).toEqual(
          fails.map((isFailing) => (isFailing ? 'rejected' : 'fulfilled')),
        )
      },
    ),
  )
})

test('a limiter begins the next work in the same turn in which a place becomes free', async () => {
  const limit = limiter(1)
  const first = Promise.withResolvers<void>()
  let hasBegun = false
  void limit(() => first.promise)
  const second = limit(async () => {
    hasBegun = true
  })
  first.resolve()
  await second
  expect(hasBegun).toBe(true)
})
