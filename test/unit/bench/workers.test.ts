import { expect, it } from 'vitest'
import { isShared } from '../../../bench/support/workers/processes.ts'
import { fullInterval, type LeaseDocument, type Stored } from '../../../src/core/index.ts'

const ownedBy = (...owners: (string | null)[]): Stored<LeaseDocument>[] =>
  owners.map((owner, i) => ({
    document: {
      id: `lease-${i}`,
      projection: 'p',
      version: 1,
      range: fullInterval,
      owner,
      expiresAt: 0,
      continuation: null,
      readTo: 0,
      incarnation: 'life',
    },
    etag: '1',
  }))

it.each([
  [1, ownedBy('a', 'a', 'a', 'a'), true],
  [2, ownedBy('a', 'b', 'b', 'a'), true],
  [2, ownedBy('a', 'b', 'b', 'b'), false],
  [2, ownedBy('a', 'b', null, 'b'), false],
  [2, ownedBy('a', 'a', 'a', 'a'), false],
  [4, ownedBy('a', 'b', 'c', 'd'), true],
  [1, ownedBy(), false],
])('knows whether %i workers have shared the ranges out', (workers, leases, shared) => {
  expect(isShared(leases, workers)).toBe(shared)
})
