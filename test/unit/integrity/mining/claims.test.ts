import fc from 'fast-check'
import { expect, it } from 'vitest'
import { claimChunk, releaseChunks } from '../../../../src/integrity/mining/claims.ts'
import type { WorkRecord } from '../../../../src/integrity/mining/work-record.ts'

const empty: WorkRecord = { size: 1, root: '', bits: 8, previous: '', chunk: 16, next: 0, claims: [] }
const at = (now: number, by = 'me', claimTime = 1000) => ({ by, now, claimTime })

it('hosts get different chunks for as long as their claims last', () => {
  const first = claimChunk(empty, at(0, 'a'))
  const second = claimChunk(first.record, at(500, 'b'))
  expect([first.chunk, second.chunk]).toEqual([0, 1])
  expect(claimChunk(second.record, at(999, 'c')).chunk).toBe(2)
})

it('a chunk whose claim has expired is taken over, and its first owner cannot give it back any more', () => {
  const first = claimChunk(empty, at(0, 'a'))
  const second = claimChunk(first.record, at(1000, 'b'))
  expect(second.chunk).toBe(0)
  const third = claimChunk(second.record, at(1001, 'a'), 0)
  expect(third.record.claims).toEqual([
    { chunk: 0, by: 'b', until: 2000 },
    { chunk: 1, by: 'a', until: 2001 },
  ])
})

it('a chunk that was searched is given up with the next claim', () => {
  const first = claimChunk(empty, at(0))
  const second = claimChunk(first.record, at(10), first.chunk)
  expect(second.record.claims).toEqual([{ chunk: 1, by: 'me', until: 1010 }])
  expect(second.record.next).toBe(2)
})

it('a claim from a clock that was far ahead is taken over, and one from a clock that jumped back keeps nobody waiting', () => {
  const ahead = claimChunk(empty, at(1e12, 'a', 1000))
  expect(claimChunk(ahead.record, at(0, 'b')).chunk).toBe(0)
  const soon = claimChunk(empty, at(3_600_000, 'a'))
  expect(claimChunk(soon.record, at(0, 'b')).chunk).toBe(1)
})

it('the claims of hosts that died do not fill the document', () => {
  let record = empty
  for (let i = 0; i < 1000; i++) record = claimChunk(record, at(0, `host ${i}`)).record
  expect(record.claims.length).toBe(256)
  expect(record.next).toBe(1000)
})

it('a host that stops gives up its own claims only', () => {
  const record = claimChunk(claimChunk(empty, at(0, 'a')).record, at(0, 'b')).record
  expect(releaseChunks(record, 'a').claims.map(({ by }) => by)).toEqual(['b'])
})

it('whatever hosts do and however their clocks jump, no two claims are for one chunk, and each claim is for a chunk', () => {
  const step = fc.record({
    by: fc.constantFrom('a', 'b', 'c'),
    now: fc.integer({ min: 0, max: 5000 }),
    gives: fc.boolean(),
  })
  fc.assert(
    fc.property(fc.array(step), (steps) => {
      let record = empty
      const held = new Map<string, number>()
      for (const { by, now, gives } of steps) {
        const claim = claimChunk(record, at(now, by), gives ? held.get(by) : undefined)
        held.set(by, claim.chunk)
        record = claim.record
        const chunks = record.claims.map(({ chunk }) => chunk)
        expect(new Set(chunks).size).toBe(chunks.length)
        expect(chunks.every((chunk) => chunk < record.next)).toBe(true)
        expect(record.claims.some((one) => one.by === by && one.chunk === claim.chunk)).toBe(true)
      }
    }),
  )
})
