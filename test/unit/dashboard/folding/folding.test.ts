import { expect, it } from 'vitest'
import { FoldingEnded, FoldingTimedOut } from '../../../../src/core/errors/index.ts'
import { reservedOf } from '../../../../src/projections/parking/reserved-names.ts'
import { manualClock } from '../../../../src/testing/manual-clock.ts'
import { ACCOUNTS, type Bench, HEADER, openBench, summing } from './support.ts'

const sums = (key: string, projection = 'sums') => ({ projection, version: 1, key })

/** All documents of a projection version, also those about its parked sequences. */
async function documentsOf({ storage }: Bench, name: string): Promise<string> {
  const all = [name, ...reservedOf(name)].map((projection) => storage.viewStore.query({ projection, version: 1 }))
  return JSON.stringify(await Promise.all(all))
}

const nextTurn = () => new Promise<boolean>((resolve) => setImmediate(() => resolve(false)))

it('shows what a replay would change, and leaves every document as it is', async () => {
  await using bench = await openBench()
  await bench.write('projections', 'sums.mjs', summing('sums', 'console.log("printed")'))
  await bench.append('account:1', [1, 2])
  await bench.park('sums')
  const before = await documentsOf(bench, 'sums')
  const result = await bench.fold().replay(sums('account:1'), { dryRun: true })
  expect(result).toMatchObject({ folded: 2, left: 0, error: null, before: null })
  expect(result.diff).toEqual([
    { op: 'change', path: '', before: 'null', after: expect.stringContaining('"total": 3') },
  ])
  expect(await documentsOf(bench, 'sums')).toBe(before)
})

it('replays a parked sequence, and says once it is not parked any more', async () => {
  await using bench = await openBench()
  await bench.write('projections', 'sums.mjs', summing('sums'))
  await bench.append('account:1', [1, 2])
  await bench.park('sums')
  const folding = bench.fold()
  expect(await folding.replay(sums('account:1'), { dryRun: false })).toMatchObject({ folded: 2, left: 0 })
  expect((await bench.storage.viewStore.get(sums('account:1')))?.document.data).toEqual({ total: 3, order: [1, 2] })
  await expect(folding.replay(sums('account:1'), { dryRun: false })).rejects.toMatchObject({ code: 'NotParked' })
})

it('ends a handler that never returns, and serves the next call in another thread', async () => {
  await using bench = await openBench()
  await bench.write('projections', 'sums.mjs', summing('sums', 'if (data.amount === 7) for (;;);'))
  await bench.append('account:1', [7])
  await bench.append('account:2', [2])
  await bench.park('sums')
  const clock = manualClock()
  const folding = bench.fold({ clock })
  await folding.loaded()
  const hanging = folding.replay(sums('account:1'), { dryRun: true })
  hanging.catch(() => {})
  const ended = hanging.then(
    () => true,
    () => true,
  )
  await expect.poll(() => clock.advance(1_000) ?? Promise.race([ended, nextTurn()])).toBe(true)
  await expect(hanging).rejects.toThrow(FoldingTimedOut)
  expect(await folding.replay(sums('account:2'), { dryRun: true })).toMatchObject({ folded: 1, error: null })
})

it('takes no notice of what code posts to the thread that started it', async () => {
  await using bench = await openBench()
  const posting = `import { parentPort } from 'node:worker_threads'
    for (const message of [null, { loaded: [] }, { result: 1 }]) parentPort.postMessage(message)`
  await bench.write(
    'projections',
    'sums.mjs',
    `${posting}\n${summing('sums', 'parentPort.postMessage({ result: 1 })')}`,
  )
  await bench.append('account:1', [1])
  await bench.park('sums')
  const folding = bench.fold()
  expect(await folding.loaded()).toMatchObject([{ name: 'sums' }])
  expect(await folding.replay(sums('account:1'), { dryRun: true })).toMatchObject({ folded: 1 })
})

it('survives code that exits', async () => {
  await using bench = await openBench()
  await bench.write('projections', 'sums.mjs', summing('sums', 'if (data.amount === 7) process.exit(3)'))
  await bench.append('account:1', [7])
  await bench.append('account:2', [2])
  await bench.park('sums')
  const folding = bench.fold()
  await expect(folding.replay(sums('account:1'), { dryRun: true })).rejects.toThrow(FoldingEnded)
  expect(await folding.replay(sums('account:2'), { dryRun: true })).toMatchObject({ folded: 1 })
})

it('folds a stream by an aggregate up to a version, and names the event that cannot be folded', async () => {
  await using bench = await openBench()
  await bench.write('projections', 'sums.mjs', summing('sums'))
  await bench.write('aggregates', 'account.mjs', ACCOUNTS)
  await bench.append('account:1', [1, 2, 13, 4])
  const folding = bench.fold()
  const account = { kind: 'aggregate', name: 'account' } as const
  expect(await folding.stateAt(account, 'account:1', 2)).toMatchObject({
    before: { text: '{\n  "total": 1\n}' },
    after: { text: '{\n  "total": 3\n}' },
    diff: [{ op: 'change', path: '/total', before: '1', after: '3' }],
    error: null,
  })
  expect(await folding.stateAt(account, 'account:1', 0)).toMatchObject({
    before: null,
    after: { text: '{\n  "total": 0\n}' },
  })
  const failed = await folding.stateAt(account, 'account:1', 4)
  expect(failed).toMatchObject({ after: null, error: { code: 'RangeError' } })
  expect(failed.error?.message).toBe('account:1@3 (Added): 13 cannot be added')
})

it.each(['keys', 'none'] as const)(
  'says with payloads: %s what failed, and not what its message quotes',
  async (payloads) => {
    await using bench = await openBench()
    await bench.write('projections', 'sums.mjs', summing('sums', 'throw new RangeError(data.amount + " is secret")'))
    await bench.write('aggregates', 'account.mjs', ACCOUNTS)
    await bench.append('account:1', [13])
    await bench.park('sums')
    const folding = bench.fold({ payloads })
    const message = 'The message is not shown, because payloads are not.'
    const replayed = await folding.replay(sums('account:1'), { dryRun: true })
    expect(replayed.error).toEqual({ code: 'HandlerFailed', message })
    expect((await folding.stateAt({ kind: 'aggregate', name: 'account' }, 'account:1', 1)).error).toEqual({
      code: 'RangeError',
      message: `account:1@1 (Added): ${message}`,
    })
    // Its loading never ends, so that the rejection, and not an answer, is what ends the thread.
    await bench.write('projections', 'sums.mjs', 'Promise.reject(new Error("secret"))\nawait new Promise(() => {})\n')
    const ended = await bench
      .fold({ payloads })
      .replay(sums('account:1'), { dryRun: true })
      .catch((error) => error)
    expect(ended).toBeInstanceOf(FoldingEnded)
    expect(ended.message).toBe(`The folding thread failed: ${message}`)
  },
)

it('folds one stream by a projection, as an object of its views', async () => {
  await using bench = await openBench()
  await bench.write('projections', 'sums.mjs', summing('sums'))
  await bench.append('account:1', [1, 2])
  await bench.append('account:2', [5])
  const result = await bench.fold().stateAt({ kind: 'projection', name: 'sums' }, 'account:1', 2)
  expect(result.diff).toEqual([
    { op: 'change', path: '/account:1/total', before: '1', after: '3' },
    { op: 'add', path: '/account:1/order/1', after: '2' },
  ])
})

it('says what was loaded, and tells of code that cannot be loaded until it can', async () => {
  await using bench = await openBench()
  await bench.write('projections', 'sums.mjs', `${HEADER} throw new Error('broken on purpose')`)
  await bench.write('aggregates', 'account.mjs', ACCOUNTS)
  const folding = bench.fold()
  await expect(folding.loaded()).rejects.toMatchObject({
    code: 'InvalidDefinition',
    message: expect.stringContaining('broken on purpose'),
  })
  await bench.write('projections', 'sums.mjs', summing('sums'))
  expect(await folding.loaded()).toMatchObject([
    { kind: 'aggregate', name: 'account', category: 'account', version: null },
    { kind: 'projection', name: 'sums', version: 1 },
  ])
  const missing = folding.replay(sums('x', 'others'), { dryRun: true })
  await expect(missing).rejects.toMatchObject({ code: 'DefinitionNotLoaded' })
})

it('starts no thread where there is no code', async () => {
  await using bench = await openBench()
  const folding = bench.fold({ projections: undefined, aggregates: undefined, url: 'file:///nowhere/at/all' })
  expect(await folding.loaded()).toEqual([])
})

it('says which reactions are those of a rule', async () => {
  await using bench = await openBench()
  const rules = JSON.stringify(new URL('../../../../src/rules/index.ts', import.meta.url).href)
  const rule = `import { call, defineRule, propertyChanged } from ${rules}
    export default defineRule('on-a', propertyChanged('a'), { version: 3, effects: [call('mail', () => {})] })`
  await bench.write('projections', 'on-a.mjs', rule)
  await bench.write('projections', 'sums.mjs', summing('sums'))
  const loaded = await bench.fold().loaded()
  expect(loaded.map(({ name, rule }) => [name, rule])).toEqual([
    ['sums', undefined],
    ['on-a', { version: 3, on: 'property a' }],
    ['on-a.mail', { version: 3, on: 'firings of on-a' }],
  ])
})
