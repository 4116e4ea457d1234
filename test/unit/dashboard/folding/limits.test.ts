import { expect, it } from 'vitest'
import { FoldingBusy, FoldingEnded, FoldingTimedOut, StorageClosed } from '../../../../src/core/errors/index.ts'
import { type ManualClock, manualClock } from '../../../../src/testing/manual-clock.ts'
import { HEADER, openBench, summing } from './support.ts'

const sums = (key: string) => ({ projection: 'sums', version: 1, key })
const nextTurn = () => new Promise<boolean>((resolve) => setImmediate(() => resolve(false)))

/** Moves the time on until work has settled. */
async function untilSettled(clock: ManualClock, work: Promise<unknown>): Promise<void> {
  const settled = work.then(
    () => true,
    () => true,
  )
  const look = () => {
    clock.advance(1_000)
    return Promise.race([settled, nextTurn()])
  }
  await expect.poll(look, { timeout: 20_000 }).toBe(true)
}

it('ends a thread whose modules never finish loading, and refuses more calls than can wait for it', async () => {
  await using bench = await openBench()
  await bench.write('projections', 'sums.mjs', `${HEADER} for (;;);`)
  const clock = manualClock()
  const folding = bench.fold({ clock })
  const calls = Array.from({ length: 32 }, () => folding.loaded())
  for (const call of calls) call.catch(() => {})
  await expect(folding.loaded()).rejects.toThrow(FoldingBusy)
  await untilSettled(clock, calls[0] as Promise<unknown>)
  await expect(calls[0]).rejects.toThrow(FoldingTimedOut)
  await folding[Symbol.asyncDispose]()
  await expect(calls[31]).rejects.toThrow(StorageClosed)
})

it('ends a replay whose handler does not return', async () => {
  await using bench = await openBench()
  await bench.write('projections', 'sums.mjs', summing('sums', 'if (data.amount === 7) for (;;);'))
  await bench.append('account:1', [1, 7])
  await bench.park('sums')
  const clock = manualClock()
  const folding = bench.fold({ clock })
  await folding.loaded()
  const hanging = folding.replay(sums('account:1'), { dryRun: false })
  hanging.catch(() => {})
  await untilSettled(clock, hanging)
  await expect(hanging).rejects.toThrow(FoldingTimedOut)
})

it('ends a thread that uses up its memory', async () => {
  await using bench = await openBench()
  const hoard = 'const all = []; for (;;) all.push(new Array(1_000_000).fill(0.5))'
  await bench.write('projections', 'sums.mjs', summing('sums', `if (data.amount === 7) { ${hoard} }`))
  await bench.append('account:1', [7])
  await bench.park('sums')
  // Its clock stands still, so that nothing but the memory ends it.
  const folding = bench.fold({ clock: manualClock(), megabytes: 96 })
  await expect(folding.replay(sums('account:1'), { dryRun: true })).rejects.toThrow(FoldingEnded)
})
