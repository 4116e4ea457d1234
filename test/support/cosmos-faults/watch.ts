import type { LeaseDocument } from '../../../src/core/port/lease-store.ts'
import type { ViewDocument } from '../../../src/core/port/view-store.ts'
import type { CosmosRequest, CosmosResponse } from '../../../src/cosmos-emulator/index.ts'
import type { Parkings } from '../../../src/testing/simulate/checks/parkings.ts'
import { watchHolds } from '../holds.ts'

// What a POST may be besides a document that is created.
const OTHERS = ['x-ms-documentdb-isquery', 'x-ms-cosmos-is-query-plan-request', 'x-ms-cosmos-is-batch-request']

/** Sees what is saved at the moment of its commit. */
export type Watch = (request: CosmosRequest, response: CosmosResponse | undefined) => void

/**
 * Watches what is committed: which views are parked; that nobody saves a lease who has lost it; that cuts stay.
 */
export function createWatch(parkings: Parkings, fail: (failure: string) => void): Watch {
  const savedHold = watchHolds(fail)
  let cuts: readonly string[] = []

  function savedLease(lease: LeaseDocument): void {
    if (lease.id === '$storage') savedCuts(lease.cuts as readonly string[])
    savedHold(lease.id, lease)
  }

  function savedCuts(saved: readonly string[]): void {
    const lost = cuts.filter((cut) => !saved.includes(cut))
    if (lost.length > 0) fail(`ranges grew together again at ${lost}`)
    cuts = saved
  }

  return ({ method, path, body, headers }, response) => {
    const [, container] = /\/colls\/(views|leases)\/docs/.exec(path) ?? []
    const isSave = (method === 'POST' || method === 'PUT') && !OTHERS.some((name) => headers[name] !== undefined)
    if (container === undefined || !isSave || response === undefined || response.status >= 300) return
    const document = JSON.parse(body)
    if (container === 'leases') savedLease(document as LeaseDocument)
    else parkings.saved(document as ViewDocument)
  }
}
