import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { StorageUnavailable } from '../../../src/core/errors/storage.ts'
import type { EventTypesOf } from '../../../src/core/events/types.ts'
import type { SaveResult } from '../../../src/core/port/save.ts'
import type { StoragePort } from '../../../src/core/port/storage.ts'
import type { ViewDocument } from '../../../src/core/port/view-store.ts'
import { decodePosition } from '../../../src/core/positions/position-token.ts'
import { startProcessor } from '../../../src/processor/processor.ts'
import { parkedSequences } from '../../../src/processor/replay/parked-sequences.ts'
import { defineReaction } from '../../../src/reactions/define-reaction.ts'
import type { ReactionContext, ReactionDefinition } from '../../../src/reactions/reaction.ts'
import { openMemory } from '../../../src/testing/memory/index.ts'
import { storages } from '../../support/projecting/storages.ts'
import { until, untilCaughtUp } from '../../support/projecting/until.ts'
import { append, events, hurriedClock, interposed } from '../processor/support.ts'

type Call = { readonly id: string; readonly context: ReactionContext }
type Settings = Omit<ReactionDefinition<EventTypesOf<typeof events>>, 'events' | 'on'>

/** A reaction that notes its calls, and fails where it is told to. */
function noting(settings: Settings = {}, around: (call: Call) => unknown = () => {}) {
  const calls: Call[] = []
  const reaction = defineReaction('noting', {
    events,
    on: {
      Added: async ({ streamId, version }, context) => {
        const call = { id: `${streamId}@${version}`, context }
        calls.push(call)
        await around(call)
      },
    },
    ...settings,
  })
  return { reaction, calls, ids: () => calls.map(({ id }) => id) }
}

const hurried = { clock: hurriedClock }

describe('a reaction', () => {
  it('begins with what comes after it was started, and goes on where it was', async () => {
    await using port = openMemory({ ranges: 4 })
    await append(port, 's:0', [1])
    const { reaction, ids } = noting()
    const first = await startProcessor(port, [reaction])
    await append(port, 's:1', [1, 2])
    await until('both were called', () => ids().length === 2)
    await untilCaughtUp(port, [reaction])
    await first.stop()
    await append(port, 's:0', [1])
    await using second = await startProcessor(port, [reaction])
    await until('the third was called', () => ids().length === 3)
    expect(ids()).toEqual(['s:1@1', 's:1@2', 's:0@2'])
    await second.stop()
  })

  it('begins at the start when it is asked to, and is called in order within a stream', async () => {
    await using port = openMemory({ ranges: 4 })
    for (let i = 0; i < 40; i++) await append(port, `s:${i % 5}`, [1, 2])
    let [running, most] = [0, 0]
    const { reaction, ids } = noting({ from: 'start', concurrency: 3 }, async () => {
      most = Math.max(most, ++running)
      await new Promise((resolve) => setImmediate(resolve))
      running--
    })
    await using processor = await startProcessor(port, [reaction])
    await until('all were called', () => ids().length === 80)
    await untilCaughtUp(port, [reaction])
    await processor.stop()
    expect(most).toBe(3)
    for (let stream = 0; stream < 5; stream++) {
      const versions = ids().filter((id) => id.startsWith(`s:${stream}@`))
      expect(versions).toEqual(Array.from({ length: 16 }, (_, i) => `s:${stream}@${i + 1}`))
    }
  })

  it('tells the handler what it needs', async () => {
    await using port = openMemory()
    const { reaction, calls } = noting({}, ({ context }) => {
      if (context.attempt < 3) throw new Error('not yet')
    })
    await using processor = await startProcessor(port, [reaction], hurried)
    const position = await append(port, 's:1', [1])
    await until('it was called', () => calls.length === 3)
    await processor.stop()
    expect(calls.map(({ context }) => context.attempt)).toEqual([1, 2, 3])
    expect(new Set(calls.map(({ context }) => context.idempotencyKey)).size).toBe(1)
    expect(decodePosition(calls[0]?.context.position ?? '').marks[0]).toMatchObject({
      ...decodePosition(position).marks[0],
    })
  })

  it('parks the stream of an event that keeps failing, and no other', async () => {
    await using port = openMemory({ ranges: 4 })
    let broken = true
    const { reaction, ids } = noting({ attempts: 2 }, ({ id }) => {
      if (broken && id === 's:1@2') throw new RangeError('the post is on strike')
    })
    await using processor = await startProcessor(port, [reaction], hurried)
    await append(port, 's:1', [1, 2, 3])
    await append(port, 's:2', [1])
    await untilCaughtUp(port, [reaction])
    await append(port, 's:1', [4])
    await untilCaughtUp(port, [reaction])
    const sequences = parkedSequences(port, reaction)
    expect(await sequences.show('s:1')).toMatchObject({
      attempts: 2,
      waiting: 3,
      error: { code: 'HandlerFailed', message: expect.stringContaining('on strike') },
      document: { eventData: { amount: 2 } },
    })
    expect(ids().toSorted()).toEqual(['s:1@1', 's:1@2', 's:1@2', 's:2@1'])

    expect(await sequences.replay('s:1', { dryRun: true })).toMatchObject({ folded: 3, unparked: true })
    expect(ids()).toHaveLength(4)
    expect(await sequences.replay('s:1')).toMatchObject({ folded: 0, unparked: false, waiting: 3 })
    broken = false
    expect(await sequences.replay('s:1')).toMatchObject({ folded: 3, unparked: true })
    await append(port, 's:1', [5])
    await until('the last was called', () => ids().includes('s:1@5'))
    expect(ids().slice(-4)).toEqual(['s:1@2', 's:1@3', 's:1@4', 's:1@5'])
    await processor.stop()
  })

  it('leaves out what is dropped', async () => {
    await using port = openMemory()
    const { reaction, ids } = noting({ attempts: 1 }, ({ id }) => {
      if (id === 's:1@1') throw new Error('never')
    })
    await using processor = await startProcessor(port, [reaction], hurried)
    await append(port, 's:1', [1, 2])
    await untilCaughtUp(port, [reaction])
    const sequences = parkedSequences(port, reaction)
    const event = { streamId: 's:1', version: 1 }
    expect(await sequences.dropOne('s:1', event)).toMatchObject({ dropped: 1, folded: 1, unparked: true })
    await expect(sequences.dropOne('s:1', event)).rejects.toMatchObject({ code: 'NotParked' })
    expect(ids()).toEqual(['s:1@1', 's:1@2'])
    await processor.stop()
  })

  it('gives up an attempt that takes too long', async () => {
    await using port = openMemory()
    const reasons: unknown[] = []
    const { reaction } = noting({ attempts: 2, timeLimit: 1_000 }, ({ context }) => {
      context.signal.addEventListener('abort', () => reasons.push(context.signal.reason.name))
      return new Promise(() => {})
    })
    await using processor = await startProcessor(port, [reaction], hurried)
    await append(port, 's:1', [1])
    await until('it is parked', async () => (await parkedSequences(port, reaction).count()) === 1)
    expect(reasons).toEqual(['TimeoutError', 'TimeoutError'])
    await processor.stop()
  })

  it('ends the calls in hand when it is stopped, and repeats none', async () => {
    await using port = openMemory()
    const held = Promise.withResolvers<void>()
    const { reaction, ids } = noting({ from: 'start' }, ({ id }) => (id === 's:2@1' ? held.promise : undefined))
    for (const stream of [1, 2, 3]) await append(port, `s:${stream}`, [1])
    const first = await startProcessor(port, [reaction])
    await until('they are called', () => ids().length === 3)
    const stopped = first.stop()
    held.resolve()
    await stopped
    await using second = await startProcessor(port, [reaction])
    await untilCaughtUp(port, [reaction])
    await second.stop()
    expect(ids()).toHaveLength(3)
  })

  it('refuses numbers that cannot be', () => {
    for (const settings of [{ attempts: 0 }, { concurrency: 1.5 }, { timeLimit: -1 }, { from: 'then' as never }]) {
      expect(() => noting(settings)).toThrow(/noting/)
    }
  })
})

describe.each(storages)('each event is called at least once, in order, $name', ({ open, effort }) => {
  it('wherever the worker dies, and what is stored as acknowledged is never repeated', async () => {
    const lives = fc.array(fc.record({ calls: fc.integer({ min: 5, max: 60 }), after: fc.boolean() }), { maxLength: 6 })
    const appends = fc.array(fc.tuple(fc.nat({ max: 5 }), fc.integer({ min: 1, max: 3 })), {
      minLength: 1,
      maxLength: 25,
    })
    await fc.assert(
      fc.asyncProperty(appends, lives, async (what, deaths) => {
        await using opened = await open()
        const progress = watchProgress(opened)
        const { port } = progress
        for (const [stream, count] of what)
          await append(
            port,
            `s:${stream}`,
            Array.from({ length: count }, () => 1),
          )
        const { reaction, ids } = noting({ from: 'start', concurrency: 2 }, progress.called)
        for (const { calls, after } of deaths) {
          progress.begins()
          await live(port, reaction, { calls, after, died: progress.ends })
        }
        progress.begins()
        await using last = await startProcessor(port, [reaction], hurried)
        await untilCaughtUp(port, [reaction])
        await last.stop()

        const expected = new Map<string, number>()
        for (const [stream, count] of what) expected.set(`s:${stream}`, (expected.get(`s:${stream}`) ?? 0) + count)
        for (const [stream, count] of expected) {
          const versions = ids()
            .filter((id) => id.startsWith(`${stream}@`))
            .map((id) => Number(id.split('@')[1]))
          const firsts = [...new Set(versions)]
          expect(firsts).toEqual(Array.from({ length: count }, (_, i) => i + 1))
        }
        if (deaths.length === 0)
          expect(ids().length).toBe([...expected.values()].reduce((sum, count) => sum + count, 0))
        expect(progress.faults).toEqual([])
      }),
      { numRuns: Math.ceil(40 * effort) },
    )
  }, 60_000)
})

/**
 * Checks that few calls are repeated, however fast calls and saves are: none that is stored as acknowledged, and an
 * acknowledgement is being stored when the next event of its stream is called.
 */
function watchProgress(opened: StoragePort) {
  const faults: string[] = []
  const stored = new Map<string, number>()
  let called = new Map<string, number>()
  let saving = 0
  let isAlive = true

  async function save<T>(document: ViewDocument, next: () => Promise<T>): Promise<T> {
    saving++
    try {
      const result = await next()
      const { acknowledged } = document.data as { readonly acknowledged: Record<string, number> }
      if ((result as SaveResult).saved) {
        for (const [stream, version] of Object.entries(acknowledged)) stored.set(stream, version)
      }
      return result
    } finally {
      saving--
    }
  }

  return {
    faults,
    port: interposed(opened, (call, next, [document]) => {
      const { projection, key } = (document ?? {}) as Partial<ViewDocument>
      const isProgress = call === 'viewStore.save' && projection === '$progress-noting' && !key?.startsWith('begun')
      return isProgress ? save(document as ViewDocument, next) : next()
    }),
    /** Another process begins. */
    begins(): void {
      called = new Map()
      isAlive = true
    },
    /** It is dead: nothing that it still calls is stored. */
    ends(): void {
      isAlive = false
    },
    called({ id }: Pick<Call, 'id'>): void {
      if (!isAlive) return
      const [stream = '', at] = id.split('@')
      const version = Number(at)
      const acknowledged = stored.get(stream) ?? 0
      if (version <= acknowledged) faults.push(`${id} was stored as acknowledged`)
      const isUnsaved = called.get(stream) === version - 1 && version - 1 > acknowledged
      if (isUnsaved && saving === 0) faults.push(`nothing is being stored when ${id} is called`)
      called.set(stream, version)
    },
  }
}

/** Runs the reaction in a process that dies at one of its calls of the port. */
async function live(
  port: StoragePort,
  reaction: ReturnType<typeof noting>['reaction'],
  { calls, after, died }: { readonly calls: number; readonly after: boolean; readonly died: () => void },
) {
  let left = calls
  let dead = false
  const die = () => {
    dead = true
    died()
  }
  const own = interposed(port, async (_call, next) => {
    left--
    if (left <= 0 && !after) die()
    if (dead) throw new StorageUnavailable('dead')
    const answer = await next()
    if (left <= 0) die()
    return answer
  })
  const processor = await startProcessor(own, [reaction], { ...hurried, leaseDuration: 100, pollInterval: 10 }).catch(
    () => undefined,
  )
  if (processor === undefined) return
  await Promise.race([until('it is dead', () => dead), untilCaughtUp(port, [reaction])])
  die()
  await processor.stop()
}
