import { beforeEach, expect, test } from 'vitest'
import { type ForgottenPerson, listForgotten } from '../../../../src/privacy/forgetting/marker.ts'
import { reapply } from '../../../../src/privacy/forgetting/reapply.ts'
import type { PrivacyVault } from '../../../../src/privacy/open-vault.ts'
import type { StoredDocument } from '../../../../src/testing/memory/state.ts'
import { forgetCompletely, forgettingIn, markersOf, rememberedPayloads } from '../support/forgetting.ts'
import { keyDocuments, opened, type Setting, sealed, sealedPart, setting } from '../support/vaults.ts'

let world: Setting
let vault: PrivacyVault

beforeEach(async () => {
  world = setting()
  vault = await world.open()
})

function restore(backup: ReadonlyMap<string, StoredDocument>): void {
  const { views } = world.keys.state
  views.clear()
  for (const [id, document] of backup) views.set(id, document)
}

test('somebody whom a restored backup of the keys brought back is forgotten again', async () => {
  const [event, other] = [await sealed(vault, 'm-17'), await sealed(vault, 'm-18')]
  const backup = new Map(world.keys.state.views)
  await forgetCompletely(world, 'm-17')
  restore(backup)
  const restored = await world.open()
  expect(await opened(restored, event)).toMatchObject({ redacted: [] })
  const progress: number[] = []
  expect(await restored.reapply({ onProgress: (count) => progress.push(count) })).toEqual({
    compared: 1,
    forgottenAgain: 1,
  })
  expect(progress).toEqual([1])
  for (const one of [restored, await world.open()]) {
    expect(await opened(one, event)).toMatchObject({ redacted: ['email', 'name'] })
    expect(await opened(one, other)).toMatchObject({ redacted: [] })
    await expect(sealed(one, 'm-17')).rejects.toMatchObject({ code: 'PersonForgotten' })
  }
  expect(await restored.reapply()).toEqual({ compared: 1, forgottenAgain: 0 })
})

test('what is forgotten again is finished again, with the same marker', async () => {
  await sealed(vault, 'm-17')
  const backup = new Map(world.keys.state.views)
  await forgetCompletely(world, 'm-17')
  restore(backup)
  const { payloads, forgotten } = rememberedPayloads()
  await reapply(await forgettingIn(world, { payloads }), {})
  expect(forgotten).toHaveLength(1)
  world.clock.advance(100_000)
  expect(await (await world.open()).finishDue()).toEqual({ finished: 1 })
  expect(await markersOf(world)).toHaveLength(1)
})

test('payloads that were restored are removed again, even where the keys are as they were', async () => {
  await sealed(vault, 'm-17')
  await forgetCompletely(world, 'm-17')
  const { payloads, forgotten } = rememberedPayloads()
  const [marker] = await markersOf(world)
  expect(await reapply(await forgettingIn(world, { payloads }), {})).toEqual({ compared: 1, forgottenAgain: 0 })
  expect(forgotten).toEqual([`${marker?.key}.1`])
})

test('where the log was restored, too, a list that was kept elsewhere says who was forgotten', async () => {
  const event = await sealed(vault, 'm-17')
  const backup = new Map(world.keys.state.views)
  await forgetCompletely(world, 'm-17')
  const list: ForgottenPerson[] = []
  for await (const one of listForgotten(world.log.events)) list.push(one)
  expect(list).toEqual([{ person: 'm-17', key: sealedPart(event).k.slice(0, -2), through: 1 }])
  restore(backup)
  world.log.state.streams.clear()
  const restored = await world.open()
  expect(await restored.reapply()).toEqual({ compared: 0, forgottenAgain: 0 })
  expect(await restored.reapply({ also: list })).toEqual({ compared: 1, forgottenAgain: 1 })
  expect(await opened(restored, event)).toMatchObject({ redacted: ['email', 'name'] })
})

test('somebody who returned keeps their new key', async () => {
  const old = await sealed(vault, 'm-17')
  await forgetCompletely(world, 'm-17')
  await vault.admit('m-17')
  const back = await sealed(vault, 'm-17', 'Ada', 'back')
  const { payloads, forgotten } = rememberedPayloads()
  expect(await reapply(await forgettingIn(world, { payloads }), {})).toEqual({ compared: 1, forgottenAgain: 0 })
  expect(forgotten).toEqual([sealedPart(old).k])
  expect(await opened(await world.open(), back)).toMatchObject({ redacted: [] })
  expect(await opened(await world.open(), old)).toMatchObject({ redacted: ['email', 'name'] })
})

test('a backup from between two times of forgetting is closed by the later one', async () => {
  const first = await sealed(vault, 'm-17')
  const backup = new Map(world.keys.state.views)
  await forgetCompletely(world, 'm-17')
  await vault.admit('m-17')
  const second = await sealed(vault, 'm-17', 'Ada', 'second')
  await forgetCompletely(world, 'm-17')
  restore(backup)
  const restored = await world.open()
  expect(await restored.reapply()).toEqual({ compared: 2, forgottenAgain: 2 })
  for (const event of [first, second])
    expect(await opened(restored, event)).toMatchObject({ redacted: ['email', 'name'] })
  expect(keyDocuments(world.keys.state)).toMatchObject([{ key: null, forgottenThrough: 2, admitted: 1 }])
})

test('a person whose document is missing from the backup is fenced', async () => {
  const backup = new Map(world.keys.state.views)
  await sealed(vault, 'm-17')
  await forgetCompletely(world, 'm-17')
  restore(backup)
  const restored = await world.open()
  expect(await restored.reapply()).toEqual({ compared: 1, forgottenAgain: 1 })
  await expect(sealed(restored, 'm-17')).rejects.toMatchObject({ code: 'PersonForgotten' })
})

test('markers of another vault are VaultMismatch, and nobody is forgotten for them', async () => {
  await sealed(vault, 'm-17')
  await forgetCompletely(world, 'm-17')
  const other = setting()
  const stranger = await other.open()
  await sealed(stranger, 'm-17')
  const list: ForgottenPerson[] = []
  for await (const one of listForgotten(world.log.events)) list.push(one)
  await expect(stranger.reapply({ also: list })).rejects.toMatchObject({ code: 'VaultMismatch' })
  expect(keyDocuments(other.keys.state)).toMatchObject([{ forgottenThrough: 0 }])
})
