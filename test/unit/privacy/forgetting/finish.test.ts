import { beforeEach, expect, test } from 'vitest'
import { deleteStream } from '../../../../src/core/append/delete-stream.ts'
import { Changes } from '../../../../src/core/async/changes.ts'
import { PayloadStoreFailed } from '../../../../src/core/errors/payload.ts'
import { finishDue } from '../../../../src/privacy/forgetting/finish.ts'
import { forget } from '../../../../src/privacy/forgetting/forget.ts'
import { keepFinishing } from '../../../../src/privacy/forgetting/keep-finishing.ts'
import { forgetCompletely, forgettingIn, MARGIN, markersOf, rememberedPayloads, TTL } from '../support/forgetting.ts'
import { keyDocuments, type Setting, sealed, sealedPart, setting, watched } from '../support/vaults.ts'

let world: Setting

beforeEach(() => {
  world = setting()
})

const fail = (error: unknown) => {
  throw error
}

async function keyIdOf(person: string): Promise<string> {
  return sealedPart(await sealed(await world.open(), person)).k.slice(0, -2)
}

const turns = async (count = 50) => {
  for (let i = 0; i < count; i++) await new Promise<void>((resolve) => setImmediate(resolve))
}

test('the marker is appended once no cache can have the key, and not before', async () => {
  const keyId = await keyIdOf('m-17')
  const forgetting = await forgettingIn(world)
  await forget(forgetting, 'm-17')
  const due = new Date(world.clock.now() + TTL + MARGIN)
  world.clock.set(due.getTime() - 1)
  expect(await finishDue(forgetting, new Set(), fail)).toEqual({ finished: 0, next: due })
  expect(await markersOf(world)).toEqual([])
  world.clock.advance(1)
  expect(await finishDue(forgetting, new Set(), fail)).toEqual({ finished: 1 })
  const marker = { stream: `$privacy:${keyId}`, person: 'm-17', key: keyId, through: 1 }
  expect(await markersOf(world)).toEqual([marker])
  expect(await finishDue(forgetting, new Set(), fail)).toEqual({ finished: 0 })
  expect(await markersOf(world)).toEqual([marker])
})

test('payloads are removed at once, and again before the marker, since a cached key may have sealed more', async () => {
  const keyId = await keyIdOf('m-17')
  const steps: string[] = []
  const { payloads } = rememberedPayloads((owner) => void steps.push(`payloads ${owner}`))
  const { viewStore } = world.keys
  const scrubbed = { ...viewStore, scrub: async () => void steps.push('scrub') }
  const log = { ...world.log.events }
  log.append = async (...args) => {
    steps.push('marker')
    return world.log.events.append(...args)
  }
  const forgetting = await forgettingIn(world, { payloads, log, keys: { viewStore: scrubbed } })
  await forget(forgetting, 'm-17')
  const begun = new Set<string>()
  await finishDue(forgetting, begun, fail)
  await finishDue(forgetting, begun, fail)
  expect(steps).toEqual([`payloads ${keyId}.1`])
  world.clock.advance(TTL + MARGIN)
  await finishDue(forgetting, begun, fail)
  expect(steps).toEqual([`payloads ${keyId}.1`, `payloads ${keyId}.1`, 'scrub', 'marker'])
})

test('while a store refuses to remove payloads, or the log is down, it is tried again, and others are finished', async () => {
  const keyId = await keyIdOf('m-17')
  let isDown = true
  const { payloads } = rememberedPayloads((owner) => {
    if (isDown && owner === `${keyId}.1`) throw new PayloadStoreFailed('gdpr', 'list')
  })
  const forgetting = await forgettingIn(world, { payloads })
  await forget(forgetting, 'm-17')
  await forget(forgetting, 'm-18')
  world.clock.advance(TTL + MARGIN)
  const failures: unknown[] = []
  expect(await finishDue(forgetting, new Set(), (error) => void failures.push(error))).toEqual({ finished: 1 })
  expect(failures).toMatchObject([{ code: 'PayloadStoreFailed' }])
  expect((await markersOf(world)).map(({ person }) => person)).toEqual(['m-18'])
  isDown = false
  expect(await finishDue(forgetting, new Set(), fail)).toEqual({ finished: 1 })
  expect(await markersOf(world)).toHaveLength(2)
})

test('files that cannot be overwritten yet keep the marker back', async () => {
  let isBusy = true
  const viewStore = {
    ...world.keys.viewStore,
    scrub: async () => {
      if (isBusy) throw new Error('busy')
    },
  }
  const forgetting = await forgettingIn(world, { keys: { viewStore } })
  await forget(forgetting, 'm-17')
  world.clock.advance(TTL + MARGIN)
  const failures: unknown[] = []
  expect(await finishDue(forgetting, new Set(), (error) => void failures.push(error))).toEqual({ finished: 0 })
  expect(failures).toMatchObject([{ code: 'KeysUnavailable' }])
  isBusy = false
  expect(await finishDue(forgetting, new Set(), fail)).toEqual({ finished: 1 })
})

test('several processes that finish at once append one marker', async () => {
  for (const person of ['m-1', 'm-2', 'm-3']) await forget(await forgettingIn(world), person)
  world.clock.advance(TTL + MARGIN)
  const processes = await Promise.all([1, 2, 3, 4].map(() => forgettingIn(world)))
  await Promise.all(processes.map((one) => finishDue(one, new Set(), fail)))
  expect((await markersOf(world)).map(({ person }) => person).toSorted()).toEqual(['m-1', 'm-2', 'm-3'])
  expect(keyDocuments(world.keys.state).map(({ marker }) => marker)).toEqual([null, null, null])
})

test('a vault that no log was bound to finishes nothing, and says so', async () => {
  const forgetting = await forgettingIn(world)
  await forget(forgetting, 'm-17')
  world.clock.advance(TTL + MARGIN)
  const failures: unknown[] = []
  const unbound = {
    ...forgetting,
    log: () => {
      throw new Error('no log')
    },
  }
  expect(await finishDue(unbound, new Set(), (error) => void failures.push(error))).toEqual({ finished: 0 })
  expect(failures).toHaveLength(1)
  expect(keyDocuments(world.keys.state)).toMatchObject([{ marker: { person: 'm-17' } }])
})

test('a processor finishes what it or another process began, at the due time, until it is stopped', async () => {
  const forgetting = await forgettingIn(world)
  const stop = new AbortController()
  const begun = new Changes(world.clock)
  const finishing = keepFinishing(forgetting, begun, stop.signal, fail)
  await turns()
  await forget(await forgettingIn(world), 'm-17')
  for (let passed = 0; passed < TTL + MARGIN; passed += 5000) {
    expect(await markersOf(world)).toEqual([])
    world.clock.advance(5000)
    await turns()
  }
  expect(await markersOf(world)).toHaveLength(1)
  stop.abort()
  await finishing
  expect(world.clock.sleeping).toBe(0)
})

test('a processor whose storage of keys is down reports it, and goes on when it is back', async () => {
  const forgettingBefore = await forgettingIn(world)
  await forget(forgettingBefore, 'm-17')
  world.clock.advance(TTL + MARGIN)
  let isDown = false
  const { keys } = watched(world.keys, () => {
    if (isDown) throw new Error('down')
  })
  const forgetting = await forgettingIn(world, { keys })
  isDown = true
  const failures: unknown[] = []
  const stop = new AbortController()
  const finishing = keepFinishing(forgetting, new Changes(world.clock), stop.signal, (error) => {
    failures.push(error)
    // What reports failures must not stop the work.
    throw error
  })
  await turns()
  expect(failures).toMatchObject([{ code: 'KeysUnavailable' }])
  isDown = false
  world.clock.advance(5000)
  await turns()
  expect(await markersOf(world)).toHaveLength(1)
  stop.abort()
  await finishing
})

test('a processor begins at once when its own process forgets somebody', async () => {
  const { payloads, forgotten } = rememberedPayloads()
  const forgetting = await forgettingIn(world, { payloads })
  const stop = new AbortController()
  const begun = new Changes(world.clock)
  const finishing = keepFinishing(forgetting, begun, stop.signal, fail)
  await turns()
  await forget(forgetting, 'm-17')
  begun.notify()
  await turns()
  expect(forgotten).toHaveLength(1)
  stop.abort()
  await finishing
})

test('a person who is forgotten once more loses payloads at once, also if another process finished the first time', async () => {
  const keyId = await keyIdOf('m-17')
  const { payloads, forgotten } = rememberedPayloads()
  const forgetting = await forgettingIn(world, { payloads })
  const begun = new Set<string>()
  await forget(forgetting, 'm-17')
  await finishDue(forgetting, begun, fail)
  world.clock.advance(TTL + MARGIN)
  await finishDue(await forgettingIn(world), new Set(), fail)
  await finishDue(forgetting, begun, fail)
  await (await world.open()).admit('m-17')
  await sealed(await world.open(), 'm-17', 'Ada', 'once more')
  await forget(forgetting, 'm-17')
  forgotten.length = 0
  await finishDue(forgetting, begun, fail)
  expect(forgotten).toEqual([`${keyId}.1`, `${keyId}.2`])
})

test('a marker is appended, also where the stream of earlier ones was deleted', async () => {
  const keyId = await keyIdOf('m-17')
  await forgetCompletely(world, 'm-17')
  await deleteStream(world.log, `$privacy:${keyId}`)
  await (await world.open()).admit('m-17')
  await sealed(await world.open(), 'm-17', 'Ada', 'once more')
  await forgetCompletely(world, 'm-17')
  expect(await markersOf(world)).toContainEqual({
    stream: `$privacy:${keyId}:2`,
    person: 'm-17',
    key: keyId,
    through: 2,
  })
})
