import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { FeedRange } from '../../../src/core/port/change-feed.ts'
import type { StoragePort } from '../../../src/core/port/storage.ts'
import type { ViewDocument } from '../../../src/core/port/view-store.ts'
import { openAcknowledgements } from '../../../src/processor/reactions/acknowledgements.ts'
import { createInFlight } from '../../../src/processor/reactions/in-flight.ts'
import { reactPage } from '../../../src/processor/reactions/react-page.ts'
import { parkedSequences } from '../../../src/processor/replay/parked-sequences.ts'
import { defineReaction } from '../../../src/reactions/define-reaction.ts'
import { openMemory } from '../../../src/testing/memory/index.ts'
import { contextOf } from '../processor/parking/support.ts'
import { append, events, type Held, holding, interposed } from '../processor/support.ts'

/** The same reaction in two workers, of which one has lost the range and does not know it yet. */
const worker = (name: string, calls: string[], fails: (id: string) => boolean = () => false) =>
  defineReaction('mail', {
    events,
    from: 'start',
    attempts: 1,
    on: {
      Added: async ({ streamId, version }) => {
        const id = `${streamId}@${version}`
        calls.push(`${name} ${id}`)
        if (fails(id)) throw new Error('the post is on strike')
      },
    },
  })

/** Works through the whole range as the owner that a worker takes itself for. */
async function workOn(storage: StoragePort, reaction: ReturnType<typeof worker>, limit = 100): Promise<void> {
  const context = contextOf(storage)
  const [range] = (await storage.feed.ranges()) as [FeedRange]
  const acknowledgements = await openAcknowledgements(storage, reaction, range, [])
  const inFlight = createInFlight(false, 0)
  for (let from = 'start'; ; ) {
    const page = await storage.feed.read(range, from, { limit })
    await reactPage({ context, reaction, range, acknowledgements, inFlight }, page)
    from = page.continuation
    if (page.caughtUp) return
  }
}

const savesOf =
  (projection: string) =>
  (call: string, [document]: readonly unknown[]): boolean =>
    call === 'viewStore.save' && (document as ViewDocument).projection === projection

const isParked = async (port: StoragePort) => (await parkedSequences(port, worker('any', [])).count()) === 1

describe('of two workers that take themselves for the owner of a range', () => {
  const holds: Record<string, (port: StoragePort) => Held> = {
    'before it stores what it is about to park': (port) => holding(port, 'before', savesOf('$progress-mail')),
    'after it stored that': (port) => holding(port, 'after', savesOf('$progress-mail')),
    'before it parks': (port) => holding(port, 'before', savesOf('mail')),
  }
  it.each(Object.entries(holds))(
    'one stands still %s, and the stream is healthy or parked for both',
    async (_, hold) => {
      await using port = openMemory()
      await append(port, 's:1', [1, 2, 3])
      await append(port, 's:2', [1])
      const calls: string[] = []
      const held = hold(port)
      const first = workOn(
        held.port,
        worker('one', calls, (id) => id === 's:1@1'),
      )
      await held.reached
      await workOn(port, worker('two', calls))
      held.release()
      await first
      const two = calls.filter((call) => call.startsWith('two s:1'))
      // Either the other one acknowledged it, and nothing is parked, or it was bound by what was stored.
      expect(two).toEqual((await isParked(port)) ? [] : ['two s:1@1', 'two s:1@2', 'two s:1@3'])
      calls.length = 0
      if (await isParked(port)) await parkedSequences(port, worker('replay', calls)).replay('s:1')
      await append(port, 's:1', [4])
      await workOn(port, worker('two', calls))
      const last = calls.map((call) => call.split('@')[1])
      expect(last.at(-1)).toBe('4')
      expect(last).toEqual(last.toSorted())
    },
  )

  it('none parks what the other one acknowledged long ago, and went on from', async () => {
    await using port = openMemory()
    await append(port, 's:1', [1])
    // So many streams that the document names the first no longer, but a place beyond it.
    for (let i = 0; i < 600; i++) await append(port, `t:${i}`, [1])
    const calls: string[] = []
    const held = holding(port, 'before', savesOf('$progress-mail'))
    const first = workOn(
      held.port,
      worker('one', calls, (id) => id === 's:1@1'),
    )
    await held.reached
    await workOn(port, worker('two', calls), 1_000)
    held.release()
    await first
    expect(await isParked(port)).toBe(false)
  })

  it('each event is called in order, whatever they do at once', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.scheduler(),
        fc.array(fc.tuple(fc.nat({ max: 2 }), fc.integer({ min: 1, max: 3 })), { minLength: 1, maxLength: 8 }),
        fc.array(fc.tuple(fc.nat({ max: 2 }), fc.integer({ min: 1, max: 6 })), { maxLength: 4 }),
        fc.integer({ min: 1, max: 5 }),
        async (scheduler, what, poison, limit) => {
          await using port = openMemory()
          for (const [stream, count] of what) await append(port, `s:${stream}`, Array(count).fill(1))
          const poisoned = new Set(poison.map(([stream, version]) => `s:${stream}@${version}`))
          const calls: string[] = []
          const scheduled = interposed(port, async (call, next) => {
            await scheduler.schedule(Promise.resolve(), call)
            return next()
          })
          // One of them cannot call what the other one can: its network is cut, say.
          const one = worker('one', calls, (id) => poisoned.has(id))
          const both = Promise.all([workOn(scheduled, one, limit), workOn(scheduled, worker('two', calls), limit)])
          await scheduler.waitFor(both)
          await workOn(port, worker('last', calls))
          const sequences = parkedSequences(port, worker('replay', calls))
          for (const { key } of (await sequences.list()).items) await sequences.replay(key)
          for (const stream of new Set(what.map(([number]) => `s:${number}`))) {
            const count = what.reduce((sum, [number, more]) => (`s:${number}` === stream ? sum + more : sum), 0)
            const acknowledged: number[] = []
            for (const call of calls) {
              const [name = '', id = ''] = call.split(' ')
              if (id.startsWith(`${stream}@`) && !(name === 'one' && poisoned.has(id)))
                acknowledged.push(Number(id.split('@')[1]))
            }
            expect([...new Set(acknowledged)]).toEqual(Array.from({ length: count }, (_, i) => i + 1))
            // What is parked waits for its turn: of what comes after it, only what was called in the same page before
            // the other worker knew can have been called.
            const versionsOf = (names: readonly string[]) =>
              calls
                .map((call) => call.split(' ') as [string, string])
                .filter(([name, id]) => names.includes(name) && id.startsWith(`${stream}@`))
                .map(([, id]) => Number(id.split('@')[1]))
            const [parkedAt = count] = versionsOf(['replay'])
            for (const version of versionsOf(['one', 'two', 'last'])) expect(version).toBeLessThan(parkedAt + limit + 3)
          }
        },
      ),
      { numRuns: 300 },
    )
  }, 60_000)
})
