import type { CacheFills } from './cache-fills.ts'
import type { PayloadCache } from './payload-store.ts'
import type { Routing } from './routing.ts'
import type { StoreCalls } from './store-calls.ts'

/** What the operations of the service share. */
export type PayloadParts = {
  readonly routing: Routing
  readonly cache: PayloadCache | undefined
  readonly call: StoreCalls
  readonly fills: CacheFills
}
