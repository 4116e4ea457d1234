import type { Stamps } from './documents/stamps.ts'

/** The fields that the server sets on every resource. */
export type ResourceFields = {
  readonly _rid: string
  readonly _self: string
  readonly _etag: string
  readonly _ts: number
}

/** The fields of a resource that was written just now. */
export function resourceFields(rid: string, self: string, stamps: Stamps): ResourceFields {
  return { _rid: rid, _self: self, _etag: stamps.etag(), _ts: stamps.now() }
}
