import { expect, it } from 'vitest'
import { FoldingTimedOut, NotParked } from '../../../../src/core/errors/index.ts'
import type { ParkedAnswer, ReplayAnswer } from '../../../../src/dashboard/contract/requests.ts'
import { parkedSequences } from '../../../../src/processor/replay/parked-sequences.ts'
import { foldAll, noting } from '../../processor/parking/support.ts'
import { append } from '../../processor/support.ts'
import { type Api, idleFolding, openApi } from './support.ts'

const poisoned = noting('noting', { fails: (amount) => amount === 13 })

// Ids that URLs, paths and browsers treat in their own ways.
const HOSTILE = [
  's:50%',
  's:a b&c=d+e',
  's:ünïcode-\u4e2d\u{1f600}',
  's:\u202egnp',
  `s:${'k'.repeat(198)}`,
  "s:'<script>",
]

async function parked(streamIds: readonly string[], parts?: Parameters<typeof openApi>[0]): Promise<Api> {
  const api = openApi(parts)
  for (const id of streamIds) await append(api.storage, id, [13, 1, 2])
  await foldAll(api.storage, poisoned)
  return api
}

const pathOf = (key: string) => `parked/noting/1/${encodeURIComponent(key)}`

it('lists what is parked, page by page', async () => {
  const api = await parked(['s:1', 's:2', 's:3'])
  const first = (await api.get('parked?projection=noting&version=1&limit=2')) as {
    parked: { key: string }[]
    next: string
  }
  const second = (await api.get(`parked?projection=noting&version=1&limit=2&after=${first.next}`)) as typeof first
  expect([...first.parked, ...second.parked].map(({ key }) => key)).toEqual(['all', 's:1', 's:2', 's:3'])
  expect(first.parked[1]).toMatchObject({
    error: { code: 'HandlerFailed' },
    event: { streamId: 's:1', version: 1 },
    waiting: 3,
  })
  expect(second.next).toBeNull()
})

it('shows a parked sequence with its first event and what waits, whatever its key is', async () => {
  const api = await parked(HOSTILE)
  for (const key of HOSTILE) {
    const shown = (await api.get(pathOf(key))) as ParkedAnswer
    expect(shown).toMatchObject({
      key,
      event: { streamId: key, version: 1, type: 'Added', erased: false },
      document: { text: '{\n  "amount": 13\n}' },
      waiting: [1, 2, 3].map((version) => ({ streamId: key, version })),
      moreWaiting: false,
    })
  }
})

it('does not show a view that may contain personal data in clear', async () => {
  const loaded = (keepsPersonal: boolean) => async () => [
    { kind: 'projection' as const, name: 'noting', version: 1, category: null, keepsPersonal },
  ]
  const fails = async () => Promise.reject(new Error('cannot be loaded'))
  for (const [folding, isShown] of [
    [idleFolding, false],
    [{ ...idleFolding, loaded: loaded(false) }, true],
    [{ ...idleFolding, loaded: loaded(true) }, false],
    [{ ...idleFolding, loaded: fails }, false],
  ] as const) {
    const api = openApi({ folding })
    await append(api.storage, 's:1', [1, 13])
    await foldAll(api.storage, poisoned)
    expect(((await api.get(pathOf('s:1'))) as ParkedAnswer).view !== null).toBe(isShown)
  }
})

it('refuses what is not parked, and what names no sequence', async () => {
  const api = await parked(['s:1'])
  await expect(api.get(pathOf('s:other'))).rejects.toThrow(NotParked)
  for (const [path, code] of [
    ['parked/noting/0/s:1', 'InvalidOption'],
    ['parked/noting/x/s:1', 'InvalidOption'],
    ['parked/$workers/1/s:1', 'InvalidOption'],
    [`parked/${'n'.repeat(101)}/1/s:1`, 'InvalidOption'],
    ['parked/noting/1/a%2Fb', 'InvalidViewKey'],
    ['parked/noting/1/a%00b', 'InvalidViewKey'],
    [`parked/noting/1/${'k'.repeat(1_024)}`, 'InvalidViewKey'],
    ['parked', 'InvalidOption'],
    ['parked?projection=noting&version=1&limit=0', 'InvalidOption'],
    ['parked?projection=noting&version=1&limit=1e2', 'InvalidOption'],
  ]) {
    await expect(api.get(path ?? ''), path).rejects.toMatchObject({ code })
  }
})

it('replays with the code that was loaded, and records who did it', async () => {
  const api = await parked(['s:1'])
  const result = { before: null, after: null, diff: [], folded: 3, dropped: 0, left: 0, error: null }
  const calls: unknown[] = []
  const replay = async (...args: unknown[]) => {
    calls.push(args)
    return result
  }
  const { acts, post } = openApi({ storage: api.storage, folding: { ...idleFolding, replay } })
  expect(await post(`${pathOf('s:1')}/replay`, { body: { dryRun: true } })).toEqual({ dryRun: true, ...result })
  expect(await post(`${pathOf('s:1')}/replay`, { body: { dryRun: false }, who: 'Grace' })).toMatchObject({ folded: 3 })
  expect(calls).toEqual([
    [{ projection: 'noting', version: 1, key: 's:1' }, { dryRun: true }],
    [{ projection: 'noting', version: 1, key: 's:1' }, { dryRun: false }],
  ])
  expect(acts).toEqual([
    { who: 'Ada', what: 'replay', subject: 'noting:1 s:1', dryRun: true, outcome: 'done' },
    { who: 'Grace', what: 'replay', subject: 'noting:1 s:1', dryRun: false, outcome: 'done' },
  ])
})

it('tells what is left of a replay that was ended, and records how it ended', async () => {
  const { storage } = await parked(['s:1'])
  const hanging = noting('noting', { fails: (amount) => amount === 2 })
  const replay = async () => {
    // It got as far as the last event before a handler hung.
    await parkedSequences(storage, hanging).dropOne('s:1')
    throw new FoldingTimedOut('A handler', 5_000)
  }
  const { acts, post } = openApi({ storage, folding: { ...idleFolding, replay } })
  const answer = (await post(`${pathOf('s:1')}/replay`, { body: { dryRun: false } })) as ReplayAnswer
  expect(answer).toMatchObject({ left: 1, folded: 2, error: { code: 'FoldingTimedOut' } })
  expect(acts).toMatchObject([{ what: 'replay', dryRun: false, outcome: 'FoldingTimedOut' }])
})

it('fails a dry run that was ended, since it changed nothing', async () => {
  const replay = async () => {
    throw new FoldingTimedOut('The replay', 5_000)
  }
  const { acts, post } = openApi({ folding: { ...idleFolding, replay } })
  await expect(post(`${pathOf('s:1')}/replay`, { body: { dryRun: true } })).rejects.toThrow(FoldingTimedOut)
  expect(acts).toMatchObject([{ what: 'replay', dryRun: true, outcome: 'FoldingTimedOut' }])
})

it('drops all pending events without any code, once the key was typed', async () => {
  const api = await parked(['s:1'])
  const drop = (body: unknown) => api.post(`${pathOf('s:1')}/drop`, { body })
  await expect(drop({ all: true, confirm: 's:2' })).rejects.toMatchObject({ code: 'InvalidOption', option: 'confirm' })
  expect(await drop({ all: true, confirm: 's:1' })).toMatchObject({ dropped: 3, left: 0, diff: [] })
  await expect(drop({ all: true, confirm: 's:1' })).rejects.toThrow(NotParked)
  expect(api.acts.map(({ what, outcome }) => `${what} ${outcome}`)).toEqual([
    'dropSequence InvalidOption',
    'dropSequence done',
    'dropSequence NotParked',
  ])
})

it('drops the event that was shown, and no other', async () => {
  const calls: unknown[] = []
  const dropOne = async (...args: unknown[]) => {
    calls.push(args[1])
    return { before: null, after: null, diff: [], folded: 2, dropped: 1, left: 0, error: null }
  }
  const { storage } = await parked(['s:1'])
  const { post } = openApi({ storage, folding: { ...idleFolding, dropOne } })
  const body = { all: false, confirm: 's:1', event: { streamId: 's:1', version: 1 }, unknown: 'is ignored' }
  expect(await post(`${pathOf('s:1')}/drop`, { body })).toMatchObject({ dropped: 1, folded: 2 })
  expect(calls).toEqual([{ streamId: 's:1', version: 1 }])
})

it.each([
  undefined,
  null,
  [],
  'text',
  {},
  { dryRun: 'yes' },
  { dryRun: null },
  JSON.parse('{"__proto__":{"dryRun":true}}'),
])('refuses a replay with the body %j, and records that', async (body) => {
  const { storage } = await parked(['s:1'])
  const api = openApi({ storage })
  await expect(api.post(`${pathOf('s:1')}/replay`, { body })).rejects.toMatchObject({ code: 'InvalidOption' })
  expect(api.acts).toMatchObject([{ what: 'replay', outcome: 'InvalidOption' }])
})
