import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import { createStandbyLog } from '../../../src/worker/log-standby.ts'

beforeEach(() => vi.useFakeTimers())
afterEach(() => vi.useRealTimers())

const MINUTE = 60_000

it('says once that the worker is on standby, and again after pauses that double up to an hour', () => {
  const lines: number[] = []
  const begun = Date.now()
  const log = createStandbyLog({ info: () => lines.push((Date.now() - begun) / MINUTE) })
  log.tell(true)
  vi.advanceTimersByTime(200 * MINUTE)
  expect(lines).toEqual([0, 1, 3, 7, 15, 31, 63, 123, 183])
})

it('says that it no longer is, and then nothing more', () => {
  const lines: string[] = []
  const log = createStandbyLog({ info: (line: unknown) => lines.push(String(line)) })
  log.tell(true)
  vi.advanceTimersByTime(MINUTE / 2)
  log.tell(false)
  vi.advanceTimersByTime(100 * MINUTE)
  expect(lines).toEqual([expect.stringMatching(/^on standby/), expect.stringMatching(/^no longer on standby/)])
  log.tell(true)
  log.stop()
  vi.advanceTimersByTime(100 * MINUTE)
  expect(lines).toHaveLength(3)
})
