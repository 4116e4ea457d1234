import { expect, it } from 'vitest'
import { systemClock } from '../../../../src/core/clock.ts'
import { UnknownVersion, VersionActive } from '../../../../src/core/errors/index.ts'
import { recordVersion } from '../../../../src/processor/versions/record-version.ts'
import { defineProjection } from '../../../../src/projections/define-projection.ts'
import { readVersionRecord } from '../../../../src/views/version-record.ts'
import { events } from '../../processor/support.ts'
import { openApi } from './support.ts'

const version = (number: number) =>
  defineProjection('sums', { version: number, events, key: () => null, initial: () => ({}), on: {} })

async function withTwoVersions() {
  const api = openApi()
  for (const number of [1, 2]) await recordVersion(api.storage, systemClock, version(number))
  return api
}

it('switches to a version once its name was typed, and records it', async () => {
  const api = await withTwoVersions()
  const { storage } = api
  await expect(api.post('projections/sums/1/activate', { body: { confirm: 'sums:2' } })).rejects.toMatchObject({
    code: 'InvalidOption',
    option: 'confirm',
  })
  expect(await api.post('projections/sums/1/activate', { body: { confirm: 'sums:1' }, who: 'Grace' })).toEqual({
    done: true,
    detail: 'Version 1 of sums was already active',
  })
  expect((await readVersionRecord(storage.viewStore, 'sums'))?.document.versions[2]?.held).toBe(true)
  expect(api.acts).toMatchObject([
    { what: 'activateVersion', subject: 'sums:1', outcome: 'InvalidOption' },
    { who: 'Grace', what: 'activateVersion', subject: 'sums:1', dryRun: false, outcome: 'done' },
  ])
})

it('drops and rebuilds a version that readers do not see, and refuses what they see', async () => {
  const api = await withTwoVersions()
  const act = (what: string, number: number) =>
    api.post(`projections/sums/${number}/${what}`, { body: { confirm: `sums:${number}` } })
  await expect(act('drop', 1)).rejects.toThrow(VersionActive)
  await expect(act('rebuild', 3)).rejects.toThrow(UnknownVersion)
  expect(await act('rebuild', 2)).toMatchObject({
    detail: 'Version 2 of sums will be rebuilt as soon as a worker runs it',
  })
  expect(await act('drop', 2)).toMatchObject({ detail: 'Version 2 of sums is dropped' })
  expect((await readVersionRecord(api.storage.viewStore, 'sums'))?.document.versions).not.toHaveProperty('2')
  expect(api.acts.map(({ what, outcome }) => `${what} ${outcome}`)).toEqual([
    'dropVersion VersionActive',
    'rebuildVersion UnknownVersion',
    'rebuildVersion done',
    'dropVersion done',
  ])
})

it.each(['sums/0', 'sums/two', 'Sums/1', '$workers/1', 'a%2Fb/1', `${'n'.repeat(101)}/1`])(
  'refuses to drop %s, and records nothing of it',
  async (which) => {
    const { post, acts } = openApi()
    await expect(post(`projections/${which}/drop`, { body: { confirm: which } })).rejects.toMatchObject({
      code: 'InvalidOption',
    })
    expect(acts).toEqual([])
  },
)
