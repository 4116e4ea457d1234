import { expect, it } from 'vitest'
import { z } from 'zod'
import { type Accepting, acceptLog } from '../../../../src/cli/log/accept.ts'
import type { Console } from '../../../../src/cli/support/session.ts'
import { defineEvents } from '../../../../src/core/events/define-events.ts'
import { eventStore } from '../../../../src/core/events/event-store.ts'
import { startProcessor } from '../../../../src/processor/processor.ts'
import { rebuildVersion } from '../../../../src/processor/versions/drop-version.ts'
import { defineProjection } from '../../../../src/projections/define-projection.ts'
import { defineReaction } from '../../../../src/reactions/define-reaction.ts'
import { type MemoryStorage, openMemory } from '../../../../src/testing/memory/index.ts'
import { withViews } from '../../../../src/views/with-views.ts'
import { until } from '../../../support/projecting/until.ts'

const events = defineEvents({ Counted: z.object({}) })

const counts = defineProjection('counts', {
  events,
  key: ({ streamId }) => streamId,
  initial: () => ({ count: 0 }),
  on: { Counted: ({ count }) => ({ count: count + 1 }) },
})
const mails = defineReaction('mails', { events, from: 'start', on: { Counted: () => {} } })

const append = (storage: MemoryStorage, times: number) =>
  eventStore(storage, events).append('a:1', Array(times).fill({ type: 'Counted', data: {} }), {
    expectedVersion: 'any',
  })

/** A log of which six events were folded and reacted to, and two are left. */
async function lostLog(): Promise<MemoryStorage> {
  const storage = openMemory()
  for (let i = 0; i < 6; i++) await append(storage, 1)
  {
    await using processor = await startProcessor(withViews(storage), [counts, mails])
    await until(
      'all is read',
      async () => (await processor.status()).ranges.every(({ position }) => position === 6),
      5_000,
    )
  }
  storage.loseTail('a:1', 3)
  return storage
}

/** A console that keeps what was said, and opens a storage anew each time. */
function consoleOf(storage: MemoryStorage, json = false) {
  const said: string[] = []
  const line = async (text: string) => void said.push(text)
  const out = { isTerminal: false, width: 80, line, closed: new AbortController().signal }
  const console: Console = {
    out,
    json,
    signal: new AbortController().signal,
    rows: async () => {},
    endWith: () => {},
    tell: (value, sentence) => line(json ? JSON.stringify(value) : sentence),
  }
  const open = async (options: Accepting) => withViews(storage.reopen(options))
  return { said, console, open }
}

it('changes nothing about a log that holds everything', async () => {
  const storage = openMemory()
  await append(storage, 3)
  const { said, console, open } = consoleOf(storage)
  await acceptLog(open, () => Promise.reject(new Error('nobody is asked')), console)
  expect(said).toEqual(['The log holds everything that was derived from it: nothing to accept, nothing changed.'])
  const told = consoleOf(storage, true)
  await acceptLog(open, async () => true, told.console)
  expect(JSON.parse(told.said.join())).toEqual({ accepted: false, incarnation: storage.incarnation })
})

it.each([
  [undefined, 'Nothing changed. To accept the log, run the command again with --yes.'],
  [false, 'Nothing changed.'],
])('changes nothing about a log that lost events when the answer is %s', async (answer, last) => {
  const storage = await lostLog()
  const { said, console, open } = consoleOf(storage)
  const refused = acceptLog(open, async () => answer, console)
  await expect(refused).rejects.toMatchObject({ code: expect.stringMatching(/^(LogDiverged|TidemarkAheadOfLog)$/) })
  expect(said[0]).toBe('Projections or reactions have read events that this log does not hold:')
  expect(said.at(-1)).toBe(last)
  await expect(open({})).rejects.toMatchObject({ code: expect.any(String) })
  const told = consoleOf(storage, true)
  await expect(acceptLog(open, async () => answer, told.console)).rejects.toThrow()
  expect(told.said).toEqual([])
})

it('accepts a log that lost events, and says what to do with what was derived', async () => {
  const storage = await lostLog()
  const { said, console, open } = consoleOf(storage)
  await acceptLog(open, async () => true, console)
  await using accepted = await open({})
  expect(accepted.incarnation).not.toBe(storage.incarnation)
  expect(said).toContain(`Accepted. The log's new incarnation is ${accepted.incarnation}.`)
  expect(said).toContain('  tidemark projections rebuild counts 1')
  expect(said.at(-2)).toMatch(/lost their checkpoints and stop with IncarnationMismatch: mails$/)

  // And that is what helps.
  await expect(accepted.views.get(counts, 'a:1')).rejects.toMatchObject({ code: 'IncarnationMismatch' })
  await rebuildVersion(accepted, { name: 'counts', version: 1 })
  await using _ = await startProcessor(accepted, [counts])
  await until('the view is rebuilt', async () => (await accepted.views.get(counts, 'a:1'))?.count === 2, 5_000)
})

it('answers programs with what was derived', async () => {
  const storage = await lostLog()
  const { said, console, open } = consoleOf(storage, true)
  await acceptLog(open, async () => true, console)
  expect(JSON.parse(said.join())).toEqual({
    accepted: true,
    incarnation: (await open({})).incarnation,
    projections: [{ projection: 'counts', version: 1 }],
    reactions: ['mails'],
  })
})
