import { expect, it } from 'vitest'
import type { ParkedAnswer, ReplayAnswer, StateAnswer } from '../../../../src/dashboard/contract/requests.ts'
import { ACCOUNTS, openBench, summing } from '../folding/support.ts'
import { openApi } from './support.ts'

it('shows what a replay changes, replays, and shows the states of the stream, without a value where only keys are shown', async () => {
  await using bench = await openBench()
  await bench.write('projections', 'sums.mjs', summing('sums'))
  await bench.write('aggregates', 'account.mjs', ACCOUNTS)
  await bench.append('account:1', [4_242, 5])
  await bench.park('sums')
  const { storage } = bench
  const folding = bench.fold({ payloads: 'keys' })
  const { get, post, acts } = openApi({ storage, folding, payloads: 'keys' })
  const path = 'parked/sums/1/account%3A1'

  const shown = (await get(path)) as ParkedAnswer
  expect(shown).toMatchObject({ waiting: [{ version: 1 }, { version: 2 }], document: { masked: true } })
  const dry = (await post(`${path}/replay`, { body: { dryRun: true } })) as ReplayAnswer
  expect(dry).toMatchObject({ dryRun: true, folded: 2, left: 0, error: null })
  expect(await get(path)).toEqual(shown)
  const real = (await post(`${path}/replay`, { body: { dryRun: false } })) as ReplayAnswer
  expect(real).toEqual({ ...dry, dryRun: false })
  await expect(get(path)).rejects.toMatchObject({ code: 'NotParked' })
  await expect(post(`${path}/replay`, { body: { dryRun: false } })).rejects.toMatchObject({ code: 'NotParked' })
  expect(acts.map(({ dryRun, outcome }) => [dryRun, outcome])).toEqual([
    [true, 'done'],
    [false, 'done'],
    [false, 'NotParked'],
  ])

  const state = (await get('streams/account:1/state?fold=account&version=2')) as StateAnswer
  expect(state.diff).toEqual([{ op: 'change', path: '/total', before: 'number', after: 'number' }])
  expect(JSON.stringify([shown, dry, state])).not.toMatch(/4242|4247/)
})
