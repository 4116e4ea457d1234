import { expect, test } from 'vitest'
import { concurrently } from '../../../../src/core/async/concurrently.ts'

test('concurrently does all items, and those that work returns, at most so many at once', async () => {
  let running = 0
  let highest = 0
  const done: number[] = []
  await concurrently(3, [1, 2, 3, 4, 5], async (item) => {
    highest = Math.max(highest, ++running)
    await Promise.resolve()
    running--
    done.push(item)
    return item < 3 ? [item + 10] : undefined
  })
  expect(highest).toBe(3)
  expect(done.toSorted((a, b) => a - b)).toEqual([1, 2, 3, 4, 5, 11, 12])
})

test('after a failure no further item begins, and what runs is told and waited for', async () => {
  const begun: number[] = []
  const held = Promise.withResolvers<void>()
  let wasTold = false
  const all = concurrently(2, [1, 2, 3], async (item, signal) => {
    begun.push(item)
    if (item === 1) throw new Error('first')
    signal.addEventListener('abort', () => {
      wasTold = true
      held.resolve()
    })
    await held.promise
    throw new Error('second')
  })
  await expect(all).rejects.toThrow('first')
  expect({ begun, wasTold }).toEqual({ begun: [1, 2], wasTold: true })
})
