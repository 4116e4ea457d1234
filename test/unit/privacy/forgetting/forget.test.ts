import { beforeEach, describe, expect, test } from 'vitest'
import type { PrivacyVault } from '../../../../src/privacy/open-vault.ts'
import { forgetCompletely, MARGIN, TTL } from '../support/forgetting.ts'
import { definitions, registered } from '../support/people.ts'
import {
  keyDocuments,
  opened,
  type Setting,
  STREAM,
  sealed,
  sealedPart,
  setting,
  unsteady,
  watched,
} from '../support/vaults.ts'

let world: Setting
let vault: PrivacyVault

beforeEach(async () => {
  world = setting()
  vault = await world.open()
})

const redacted = { redacted: ['email', 'name'], data: { name: '(forgotten)', email: '' } }

test('what was sealed for a forgotten person reads as stand-ins, at once in the process that forgot', async () => {
  const [event, other] = [await sealed(vault, 'm-17'), await sealed(vault, 'm-18')]
  await vault.forget('m-17')
  expect(await opened(vault, event)).toMatchObject(redacted)
  expect(await opened(await world.open(), event)).toMatchObject(redacted)
  expect(await opened(vault, other)).toMatchObject({ redacted: [] })
})

test('no process can open anything of a forgotten person once the promised time has come', async () => {
  const event = await sealed(vault, 'm-17')
  const others = await Promise.all([world.open(), world.open()])
  for (const other of others) await opened(other, event)
  world.clock.advance(10_000)
  const { unreadableBy } = await vault.forget('m-17')
  expect(unreadableBy.getTime()).toBe(world.clock.now() + TTL)
  for (const other of others) expect(await opened(other, event)).toMatchObject({ redacted: [] })
  world.clock.set(unreadableBy.getTime())
  for (const other of others) expect(await opened(other, event)).toMatchObject(redacted)
})

test('the wrapped key is gone from the document in the same write that puts up the fence', async () => {
  await sealed(vault, 'm-17')
  const [{ key }] = keyDocuments(world.keys.state) as [{ key: string }]
  expect(key).toHaveLength(80)
  await vault.forget('m-17')
  expect(JSON.stringify([...world.keys.state.views])).not.toContain(key)
  expect(keyDocuments(world.keys.state)).toEqual([
    {
      generation: 1,
      key: null,
      epoch: 1,
      forgottenThrough: 1,
      admitted: 1,
      marker: { due: new Date(world.clock.now() + TTL + MARGIN).toISOString(), person: 'm-17' },
    },
  ])
})

test('nothing is sealed for a forgotten person: PersonForgotten, however often it is tried', async () => {
  await sealed(vault, 'm-17')
  const other = await world.open()
  await vault.forget('m-17')
  for (const one of [vault, other, await world.open(), vault]) {
    await expect(sealed(one, 'm-17')).rejects.toMatchObject({ code: 'PersonForgotten', person: 'm-17' })
  }
  expect(keyDocuments(world.keys.state)).toMatchObject([{ key: null }])
})

test('an append with members of several people fails as a whole if one of them was forgotten', async () => {
  await vault.forget('m-2')
  const events = [registered('m-1'), registered('m-2')]
  await expect(vault.events.seal(STREAM, events, definitions)).rejects.toMatchObject({ code: 'PersonForgotten' })
})

test('what a process still seals under a cached key is unreadable for everybody', async () => {
  const other = await world.open()
  await sealed(other, 'm-17')
  await vault.forget('m-17')
  const late = await sealed(other, 'm-17', 'Ada', 'late')
  expect(await opened(vault, late)).toMatchObject(redacted)
  world.clock.advance(TTL)
  expect(await opened(other, late)).toMatchObject(redacted)
})

test('forgetting may be repeated, by any process, and promises no earlier time', async () => {
  await sealed(vault, 'm-17')
  const first = await vault.forget('m-17')
  const before = keyDocuments(world.keys.state)
  world.clock.advance(1000)
  for (const one of [vault, await world.open()]) {
    expect((await one.forget('m-17')).unreadableBy.getTime()).toBeGreaterThanOrEqual(first.unreadableBy.getTime())
  }
  expect(keyDocuments(world.keys.state)).toEqual(before)
  await forgetCompletely(world, 'm-17')
  expect(await vault.forget('m-17')).toEqual({ unreadableBy: new Date(world.clock.now()), isFinished: true })
  expect(keyDocuments(world.keys.state)).toMatchObject([{ marker: null, forgottenThrough: 1 }])
})

test('somebody without any data can be forgotten, and nothing can be sealed for them afterwards', async () => {
  await vault.forget('m-17')
  await expect(sealed(await world.open(), 'm-17')).rejects.toMatchObject({ code: 'PersonForgotten' })
})

test('an id that cannot be a person is InvalidPersonId', async () => {
  for (const person of ['', 'x'.repeat(201), '\udc00']) {
    await expect(vault.forget(person)).rejects.toMatchObject({ code: 'InvalidPersonId' })
    await expect(vault.admit(person)).rejects.toMatchObject({ code: 'InvalidPersonId' })
  }
})

test('whatever races with forgetting, a first use among it, is refused or unreadable afterwards', async () => {
  let [refused, unreadable] = [0, 0]
  for (let round = 0; round < 200; round++) {
    const person = `m-${round}`
    const [one, two, three] = await Promise.all(
      [1, 2, 3].map(() => world.open({ keys: unsteady(world.keys), keyCache: { ttl: 0 } })),
    )
    if (!one || !two || !three) throw new Error('No vaults')
    const isNew = round % 2 === 0
    if (!isNew) await sealed(one, person)
    const [first, second] = await Promise.allSettled([
      sealed(one, person, 'Ada', 'a'),
      sealed(two, person, 'Ada', 'b'),
      three.forget(person),
    ])
    for (const result of [first, second]) {
      if (result.status === 'rejected') {
        expect(result.reason).toMatchObject({ code: 'PersonForgotten' })
        refused++
      } else {
        expect(await opened(one, result.value)).toMatchObject(redacted)
        unreadable++
      }
    }
  }
  for (const document of keyDocuments(world.keys.state)) expect(document).toMatchObject({ key: null, generation: 1 })
  expect(keyDocuments(world.keys.state)).toHaveLength(200)
  // Otherwise it would not be a race.
  expect(refused).toBeGreaterThan(20)
  expect(unreadable).toBeGreaterThan(20)
})

test('a read of a key that began before it was forgotten does not bring it back into the cache', async () => {
  const event = await sealed(vault, 'm-17')
  let isHolding = false
  let release: (() => void) | undefined
  const viewStore = { ...world.keys.viewStore }
  viewStore.getMany = async (...args) => {
    const found = await world.keys.viewStore.getMany(...args)
    if (!isHolding) return found
    isHolding = false
    await new Promise<void>((resolve) => {
      release = resolve
    })
    return found
  }
  const slow = await world.open({ keys: { viewStore } })
  isHolding = true
  const reading = opened(slow, event)
  while (release === undefined) await new Promise((resolve) => setImmediate(resolve))
  await slow.forget('m-17')
  release()
  expect(await reading).toMatchObject({ redacted: [] })
  expect(await opened(slow, event)).toMatchObject(redacted)
})

test('a read of a key that takes until no process may have it any longer opens nothing', async () => {
  const event = await sealed(vault, 'm-17')
  let held: PromiseWithResolvers<void> | undefined
  const viewStore = { ...world.keys.viewStore }
  viewStore.getMany = async (...args) => {
    const found = await world.keys.viewStore.getMany(...args)
    await held?.promise
    return found
  }
  const slow = await world.open({ keys: { viewStore } })
  held = Promise.withResolvers()
  const reading = opened(slow, event)
  await new Promise((resolve) => setTimeout(resolve, 10))
  await forgetCompletely(world, 'm-17')
  held.resolve()
  expect(await reading).toMatchObject(redacted)
})

test('a storage of keys that is always slower than a key may be used is KeysUnavailable', async () => {
  const event = await sealed(vault, 'm-17')
  const viewStore = { ...world.keys.viewStore }
  const slow = await world.open({ keys: { viewStore } })
  viewStore.getMany = async (...args) => {
    world.clock.advance(100_000)
    return world.keys.viewStore.getMany(...args)
  }
  const other = await world.open({ keys: { viewStore: { ...viewStore } } })
  for (const one of [slow, other]) await expect(opened(one, event)).rejects.toMatchObject({ code: 'KeysUnavailable' })
})

describe('the time after which a key is in no cache', () => {
  test('it is that of the process with the longest time to live, whoever forgets', async () => {
    await world.open({ keyCache: { ttl: 300_000 } })
    const other = await world.open({ keyCache: { ttl: 1 } })
    expect((await other.forget('m-17')).unreadableBy.getTime()).toBe(world.clock.now() + 300_000)
    expect((await vault.forget('m-18')).unreadableBy.getTime()).toBe(world.clock.now() + 300_000)
  })

  test('a process with a longer one that is opened during the write counts, too', async () => {
    await sealed(vault, 'm-17')
    let isOpening = false
    const { keys } = watched(world.keys, (call) => {
      if (call !== 'save' || !isOpening) return
      isOpening = false
      const root = world.keys.state.views.get('$keys:1:$root') as { json: string; etag: string }
      const document = JSON.parse(root.json)
      document.data.longestTtl = 600_000
      world.keys.state.views.set('$keys:1:$root', { json: JSON.stringify(document), etag: 'new' })
    })
    const other = await world.open({ keys })
    isOpening = true
    const { unreadableBy } = await other.forget('m-17')
    expect(unreadableBy.getTime()).toBe(world.clock.now() + 600_000)
    const [{ marker }] = keyDocuments(world.keys.state) as [{ marker: { due: string } }]
    expect(Date.parse(marker.due)).toBe(world.clock.now() + 600_000 + MARGIN)
  })

  test('a write that was late counts from when it was done', async () => {
    await sealed(vault, 'm-17')
    let isSlow = false
    const { keys } = watched(world.keys, (call) => {
      if (call === 'save' && isSlow) world.clock.advance(MARGIN)
      if (call === 'save') isSlow = false
    })
    const other = await world.open({ keys })
    isSlow = true
    await other.forget('m-17')
    const [{ marker }] = keyDocuments(world.keys.state) as [{ marker: { due: string } }]
    expect(Date.parse(marker.due)).toBe(world.clock.now() + TTL + MARGIN)
  })
})

describe('admitting a person again', () => {
  test('they get a new key, which opens nothing that was sealed before', async () => {
    const old = await sealed(vault, 'm-17')
    const other = await world.open()
    await opened(other, old)
    await forgetCompletely(world, 'm-17')
    await vault.admit('m-17')
    const back = await sealed(vault, 'm-17', 'Ada again', 'back')
    expect(sealedPart(back).k).toBe(sealedPart(old).k.replace(/1$/, '2'))
    for (const one of [vault, other, await world.open()]) {
      expect(await opened(one, old)).toMatchObject(redacted)
      expect((await opened(one, back)).data).toMatchObject({ name: 'Ada again' })
    }
  })

  test('it waits until forgetting is finished, so that no cached data is sealed under the new key', async () => {
    await sealed(vault, 'm-17')
    await vault.forget('m-17')
    const due = new Date(world.clock.now() + TTL + MARGIN)
    await expect(vault.admit('m-17')).rejects.toMatchObject({ code: 'ForgettingUnfinished', due })
    world.clock.advance(TTL + MARGIN)
    await expect(vault.admit('m-17')).rejects.toMatchObject({ code: 'ForgettingUnfinished' })
    await vault.finishDue()
    await vault.admit('m-17')
    await sealed(vault, 'm-17')
  })

  test('whoever was never forgotten is not changed by it', async () => {
    await vault.admit('m-17')
    const event = await sealed(vault, 'm-17')
    await vault.admit('m-17')
    expect(await opened(vault, event)).toMatchObject({ redacted: [] })
    expect(keyDocuments(world.keys.state)).toMatchObject([{ generation: 1, admitted: 1 }])
  })

  test('somebody can be forgotten again, before or after their new key was made', async () => {
    const first = await sealed(vault, 'm-17')
    await forgetCompletely(world, 'm-17')
    await vault.admit('m-17')
    await forgetCompletely(world, 'm-17')
    await expect(sealed(vault, 'm-17')).rejects.toMatchObject({ code: 'PersonForgotten' })
    await vault.admit('m-17')
    const third = await sealed(vault, 'm-17', 'Ada', 'third')
    expect(sealedPart(third).k).toMatch(/\.3$/)
    await forgetCompletely(world, 'm-17')
    for (const event of [first, third]) expect(await opened(await world.open(), event)).toMatchObject(redacted)
  })

  test('repeating an append of before is not sealed as something else in silence', async () => {
    const append = async () => {
      const events = await vault.events.seal(STREAM, [registered('m-17')], definitions)
      return world.log.events.append(STREAM, events, { expectedVersion: 'any' })
    }
    await append()
    await forgetCompletely(world, 'm-17')
    await expect(append()).rejects.toMatchObject({ code: 'PersonForgotten' })
    await vault.admit('m-17')
    await expect(append()).rejects.toMatchObject({ code: 'EventIdReused' })
  })
})
