import { expect, test } from 'vitest'
import type { EventLog } from '../../../../src/core/port/event-log.ts'
import type { ViewStore } from '../../../../src/core/port/view-store.ts'
import { finishDue } from '../../../../src/privacy/forgetting/finish.ts'
import { forget } from '../../../../src/privacy/forgetting/forget.ts'
import type { Payloads } from '../../../../src/privacy/payloads/payloads.ts'
import { type CountingFate, Crash, crashAt, type Fate, noCrash } from '../../aggregates/crashing-storage.ts'
import { forgettingIn, MARGIN, markersOf, rememberedPayloads, TTL } from '../support/forgetting.ts'
import { keyDocuments, opened, type Setting, sealed, setting } from '../support/vaults.ts'

/** Calls of the objects' methods crash when `fate` says so; after a crash the process does nothing more. */
function mortal<T extends object>(
  object: T,
  names: readonly (keyof T & string)[],
  life: { isOver: boolean },
  fate: Fate,
): T {
  const copy = { ...object }
  for (const name of names) {
    const call = object[name] as unknown as (...args: unknown[]) => Promise<unknown>
    const guarded = async (...args: unknown[]) => {
      if (life.isOver) throw new Crash('dead')
      const when = fate(name)
      life.isOver = when === 'before'
      if (life.isOver) throw new Crash(name)
      const result = await call(...args)
      life.isOver = when === 'after'
      if (life.isOver) throw new Crash(name)
      return result
    }
    Object.assign(copy, { [name]: guarded })
  }
  return copy
}

/** A process that forgets m-17 and finishes it, and dies when `fate` says so. */
async function live(world: Setting, payloads: Payloads, fate: Fate): Promise<void> {
  const life = { isOver: false }
  // Opening the vault is not part of it.
  let isOpen = false
  const later: Fate = (call) => (isOpen ? fate(call) : 'none')
  const viewStore = mortal<ViewStore>(
    { ...world.keys.viewStore, scrub: async () => {} },
    ['getMany', 'save', 'query', 'scrub'],
    life,
    later,
  )
  const log = mortal<EventLog>(world.log.events, ['append'], life, later)
  const own = mortal<Payloads>(payloads, ['forget'], life, later)
  const forgetting = await forgettingIn(world, { keys: { viewStore }, log, payloads: own })
  isOpen = true
  const failed = (error: unknown) => {
    if (!life.isOver) throw error
  }
  try {
    await forget(forgetting, 'm-17')
    await finishDue(forgetting, new Set(), failed)
    world.clock.advance(TTL + MARGIN)
    await finishDue(forgetting, new Set(), failed)
  } catch (error) {
    if (!life.isOver) throw error
  }
}

/** What the world looks like at the end, whatever happened. */
async function outcome(world: Setting, event: Awaited<ReturnType<typeof sealed>>, forgotten: readonly string[]) {
  const reader = await world.open()
  const [document] = keyDocuments(world.keys.state)
  return {
    redacted: (await opened(reader, event)).redacted,
    document,
    markers: await markersOf(world).then((found) => found.map(({ person, through }) => ({ person, through }))),
    arePayloadsGone: forgotten.length > 0,
  }
}

const EXPECTED = {
  redacted: ['email', 'name'],
  document: { generation: 1, key: null, epoch: 1, forgottenThrough: 1, admitted: 1, marker: null },
  markers: [{ person: 'm-17', through: 1 }],
  arePayloadsGone: true,
}

async function run(fate: Fate, isRepeated: boolean) {
  const world = setting()
  const event = await sealed(await world.open(), 'm-17')
  const { payloads, forgotten } = rememberedPayloads()
  await live(world, payloads, fate)
  const isFenced = keyDocuments(world.keys.state)[0]?.key === null
  // The caller of a process that died repeats the request, or does not, since the fence is up.
  if (isRepeated || !isFenced) await forget(await forgettingIn(world), 'm-17')
  world.clock.advance(TTL + MARGIN)
  await finishDue(await forgettingIn(world, { payloads }), new Set(), (error) => {
    throw error
  })
  return outcome(world, event, forgotten)
}

test('without a kill, somebody who is forgotten leaves a fence and one marker', async () => {
  expect(await run(noCrash, false)).toEqual(EXPECTED)
})

for (const when of ['before', 'after'] as const) {
  for (const isRepeated of [false, true]) {
    const then = isRepeated ? 'is repeated' : 'is finished by another process'
    test(`a kill ${when} any step of forgetting changes nothing when it ${then}`, async () => {
      let fate: CountingFate
      let steps = 0
      do {
        fate = crashAt(steps, when)
        expect(await run(fate, isRepeated), `step ${steps}`).toEqual(EXPECTED)
        steps++
      } while (fate.calls >= steps)
      // Reads, the fence, the queries, payloads twice, the files, the marker, the end.
      expect(steps).toBeGreaterThan(9)
    })
  }
}
