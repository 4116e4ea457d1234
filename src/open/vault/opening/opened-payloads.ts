import type { PayloadStore } from '../../../privacy/index.ts'

/** A payload store, and what ends its client. */
export type OpenedPayloads = { readonly store: PayloadStore; readonly close: () => Promise<void> }
