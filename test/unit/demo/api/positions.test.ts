import { expect, it } from 'vitest'
import {
  decodePosition,
  encodePosition,
  mergePositions,
  type PositionToken,
} from '../../../../src/core/positions/position-token.ts'
import { openDemo } from '../support.ts'

type Demo = Awaited<ReturnType<typeof openDemo>>

/** The streams of each position that the storage is asked to find while something is done. */
async function located(demo: Demo, work: () => Promise<unknown>): Promise<string[][]> {
  const located: string[][] = []
  const { locate } = demo.storage.events
  demo.storage.events.locate = (token) => {
    located.push(decodePosition(token).marks.map(({ streamId }) => streamId))
    return locate(token)
  }
  await work()
  demo.storage.events.locate = locate
  return located
}

it('of many meters are waited for at a cost that grows with their number, not with its square', async () => {
  const demo = await openDemo()
  const tokens: PositionToken[] = []
  for (let i = 0; i < 64; i++) tokens.push((await demo.register(`m${i}`)).position as PositionToken)
  const position = mergePositions(tokens)
  // Everything is folded, so each place is looked for once.
  await demo.get('/meters', { 'tidemark-position': position })
  const asked = await located(demo, async () => {
    const answer = await demo.get('/meters?limit=1000', { 'tidemark-position': position })
    expect(answer.status).toBe(200)
    expect(answer.body.items).toHaveLength(64)
  })
  expect(asked.map((streams) => streams.length)).toEqual(Array(64).fill(1))
  expect(new Set(asked.flat()).size).toBe(64)
})

it('of two years of a meter are waited for in one view', async () => {
  const demo = await openDemo()
  const first = (await demo.activeMeter('m')).position as PositionToken
  const { position } = await demo.post('/meters/m/years/2026/close')
  const both = mergePositions([first, position as PositionToken])
  expect(decodePosition(both).marks).toHaveLength(2)
  expect((await demo.get('/meters', { 'tidemark-position': both })).body.items).toMatchObject([{ status: 'active' }])
})

it('of more meters than a position may hold are refused', async () => {
  const demo = await openDemo({ projecting: false })
  const { incarnation, marks } = decodePosition((await demo.register('m')).position as PositionToken)
  const [mark] = marks
  const many = Array.from({ length: 65 }, (_, i) => ({ ...mark, streamId: `meter:m${i}:2026` })) as typeof marks
  for (const url of ['/meters', '/views/total-activated-meters', '/views/daily-totals/m/2026-W47']) {
    const answer = await demo.get(url, { 'tidemark-position': encodePosition({ incarnation, marks: many }) })
    expect(answer, url).toMatchObject({ status: 400, body: { code: 'InvalidPosition' } })
    expect(answer.body.detail).toMatch(/spans 65 streams, and at most 64/)
  }
})
