import { afterEach, expect, it, vi } from 'vitest'
import { replayAll } from '../../../../src/cli/parked/replay-all.ts'
import type { Session } from '../../../../src/cli/support/session.ts'
import { openMemory } from '../../../../src/testing/memory/index.ts'
import { withViews } from '../../../../src/views/with-views.ts'

const isTTY = process.stderr.isTTY
afterEach(() => {
  process.stderr.isTTY = isTTY
  vi.restoreAllMocks()
})

it.each([
  [true, 'no bar'],
  [false, 'a bar'],
])('where its lines go to a terminal (%s), it draws %s over them', async (isTerminal) => {
  await using storage = withViews(openMemory())
  const lines: string[] = []
  process.stderr.isTTY = true
  const drawn = vi.spyOn(process.stderr, 'write').mockReturnValue(true)
  const session = {
    storage,
    json: false,
    signal: new AbortController().signal,
    out: { isTerminal, width: 80, closed: new AbortController().signal, line: async (text) => void lines.push(text) },
    rows: async () => {},
    tell: async () => {},
    endWith: () => {},
  } satisfies Session
  await replayAll(session, undefined, { projections: 'projections' })
  expect(drawn.mock.calls.length > 0).toBe(!isTerminal)
  expect(lines).toEqual(['Nothing is parked'])
})
