import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { FAULT_KINDS, type FaultKind, USUAL_FAULT_KINDS } from '../../../../src/cosmos-emulator/faults/kinds.ts'
import { type SeededFaultsOptions, seededFaults } from '../../../../src/cosmos-emulator/faults/seeded-faults.ts'
import type { CosmosRequest, CosmosResponse } from '../../../../src/cosmos-emulator/protocol/message.ts'

const request = (method: string, path: string): CosmosRequest => ({ method, path, headers: {}, body: '' })
const read = request('GET', '/dbs/d/colls/c/docs/1')
const run = request('POST', '/dbs/d/colls/c/sprocs/append')
const done: CosmosResponse = { status: 200, headers: {}, body: '' }

function strikes(options: SeededFaultsOptions, times: number) {
  const faults = seededFaults(options)
  const found = Array.from({ length: times }, () => [faults.hook(run, undefined), faults.hook(run, done)])
  return { found, counts: faults.counts }
}

describe('faults by seed', () => {
  it('repeat for the same requests', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0 }), (seed) => {
        expect(strikes({ seed }, 100)).toEqual(strikes({ seed }, 100))
      }),
    )
  })

  it.each([
    ['the usual kinds', undefined, USUAL_FAULT_KINDS],
    ['all kinds', FAULT_KINDS, FAULT_KINDS],
  ])('draw every kind for some seeds and not for others: %s', (_, kinds, drawn) => {
    const seen = new Map<FaultKind, number>()
    for (let seed = 0; seed < 100; seed++) {
      for (const [kind, count] of Object.entries(strikes({ seed, ...(kinds && { kinds }) }, 200).counts)) {
        if (count > 0) seen.set(kind as FaultKind, (seen.get(kind as FaultKind) ?? 0) + 1)
      }
    }
    expect([...seen.keys()].sort()).toEqual([...drawn].sort())
    for (const kind of drawn) {
      expect(seen.get(kind), kind).toBeGreaterThan(10)
      expect(seen.get(kind), kind).toBeLessThan(90)
    }
  })

  it('refuse calls of procedures only', () => {
    const { hook } = seededFaults({ seed: 1, rates: { scriptRefused: 1 } })
    const refused = Array.from({ length: 100 }, () => hook(run, undefined)?.refusesCall)
    expect(new Set(refused)).toEqual(new Set([0, 1, 2, 3]))
    expect(hook(read, undefined)).toBeUndefined()
    expect(hook({ ...run, method: 'GET' }, undefined)).toBeUndefined()
  })

  it('strike as often as they are told to, and only before the request where nothing may have been done', () => {
    for (const kind of FAULT_KINDS) {
      const { found, counts } = strikes({ seed: 7, rates: { [kind]: 0.5 } }, 1000)
      expect(Object.entries(counts).filter(([, count]) => count > 0)).toEqual([[kind, expect.any(Number)]])
      expect(counts[kind]).toBeGreaterThan(400)
      expect(counts[kind]).toBeLessThan(600)
      const after = found.filter(([, fault]) => fault !== undefined).length
      const isBefore = !['timeout', 'unavailable', 'late', 'cutAfter'].includes(kind)
      if (isBefore) expect(after).toBe(0)
      else expect(after).toBeGreaterThan(100)
    }
  })

  it('leave the account and what is set up alone, and everything once they end', () => {
    const faults = seededFaults({ seed: 1, rates: { cutBefore: 1 } })
    for (const [method, path] of [
      ['GET', '/'],
      ['POST', '/dbs'],
      ['POST', '/dbs/d/colls'],
      ['POST', '/dbs/d/colls/c/sprocs'],
      ['GET', '/dbs/d/colls/c/pkranges'],
    ] as const) {
      expect(faults.hook(request(method, path), undefined), path).toBeUndefined()
    }
    for (const path of ['/dbs/d/colls/c/docs', '/dbs/d/colls/c/docs/1', '/dbs/d/colls/c/sprocs/append']) {
      expect(faults.hook(request('POST', path), undefined), path).toEqual({ cut: true })
    }
    faults.end()
    expect(faults.hook(read, undefined)).toBeUndefined()
  })
})
