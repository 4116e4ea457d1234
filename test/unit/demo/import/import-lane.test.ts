import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { lane } from '../../../../src/demo/import/import-lane.ts'

const pause = (turns: number): Promise<void> =>
  turns === 0 ? Promise.resolve() : new Promise<void>((resolve) => setImmediate(resolve)).then(() => pause(turns - 1))

describe('lane', () => {
  it('does one item at a time, in order, and lets only so many wait', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(fc.nat(3), { maxLength: 30 }), fc.nat(5), async (turns, most) => {
        const done: number[] = []
        let busy = 0
        let pushed = 0
        const { push, done: drained } = lane(async (item: number) => {
          expect(++busy).toBe(1)
          await pause(turns[item] as number)
          done.push(item)
          busy--
        }, most)
        for (const item of turns.keys()) {
          await push(item)
          pushed++
          expect(pushed - done.length).toBeLessThanOrEqual(most)
        }
        await drained()
        expect(done).toEqual([...turns.keys()])
      }),
    )
  })

  it('tells of a failure and does nothing after it', async () => {
    const done: number[] = []
    const { push, done: drained } = lane(async (item: number) => {
      if (item === 1) throw new Error('the disk is full')
      done.push(item)
    }, 1)
    const pushAll = async () => {
      for (let item = 0; item < 5; item++) await push(item)
    }
    await expect(pushAll()).rejects.toThrow('the disk is full')
    await expect(drained()).rejects.toThrow('the disk is full')
    expect(done).toEqual([0])
  })
})
