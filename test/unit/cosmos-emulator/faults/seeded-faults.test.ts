import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { FAULT_KINDS, type FaultKind } from '../../../../src/cosmos-emulator/faults/kinds.ts'
import { type SeededFaultsOptions, seededFaults } from '../../../../src/cosmos-emulator/faults/seeded-faults.ts'
import type { CosmosRequest, CosmosResponse } from '../../../../src/cosmos-emulator/protocol/message.ts'

const request = (method: string, path: string): CosmosRequest => ({ method, path, headers: {}, body: '' })
const read = request('GET', '/dbs/d/colls/c/docs/1')
const done: CosmosResponse = { status: 200, headers: {}, body: '' }

function strikes(options: SeededFaultsOptions, times: number) {
  const faults = seededFaults(options)
  const found = Array.from({ length: times }, () => [faults.hook(read, undefined), faults.hook(read, done)])
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

  it('draw every kind for some seeds and not for others', () => {
    const seen = new Map<FaultKind, number>()
    for (let seed = 0; seed < 100; seed++) {
      for (const [kind, count] of Object.entries(strikes({ seed }, 200).counts)) {
        if (count > 0) seen.set(kind as FaultKind, (seen.get(kind as FaultKind) ?? 0) + 1)
      }
    }
    for (const kind of FAULT_KINDS) {
      expect(seen.get(kind), kind).toBeGreaterThan(10)
      expect(seen.get(kind), kind).toBeLessThan(90)
    }
  })

  it('strike as often as they are told to, and only before the request where nothing may have been done', () => {
    for (const kind of FAULT_KINDS) {
      const { found, counts } = strikes({ seed: 7, rates: { [kind]: 0.5 } }, 1000)
      expect(Object.entries(counts).filter(([, count]) => count > 0)).toEqual([[kind, expect.any(Number)]])
      expect(counts[kind]).toBeGreaterThan(400)
      expect(counts[kind]).toBeLessThan(600)
      const after = found.filter(([, fault]) => fault !== undefined).length
      if (['throttled', 'retryWith', 'gone', 'cutBefore'].includes(kind)) expect(after).toBe(0)
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
