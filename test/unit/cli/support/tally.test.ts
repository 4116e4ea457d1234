import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import { startTally } from '../../../../src/cli/support/tally.ts'

beforeEach(() => void vi.useFakeTimers())
afterEach(() => void vi.useRealTimers())

function tally(isTTY: boolean) {
  const written: string[] = []
  const stream = { isTTY, write: (text: string) => written.push(text) } as unknown as NodeJS.WriteStream
  return { written, ...startTally('keys', stream) }
}

it('a tally writes a line every two seconds where nobody looks at a terminal', () => {
  const { written, update, stop } = tally(false)
  for (let done = 500; done <= 3000; done += 500) {
    vi.advanceTimersByTime(1000)
    update(done)
  }
  stop()
  expect(written).toEqual(['1,000 keys\n', '2,000 keys\n', '3,000 keys\n'])
})

it('a tally on a terminal is one line, which is gone in the end', () => {
  const { written, update, stop } = tally(true)
  vi.advanceTimersByTime(150)
  update(1)
  update(2)
  stop()
  expect(written).toEqual(['\r\u001b[2K1 keys', '\r\u001b[2K'])
})

it('a tally that ended early leaves nothing', () => {
  const { written, stop } = tally(true)
  stop()
  expect(written).toEqual([])
})
