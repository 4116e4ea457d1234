import type { StorageLimits } from '../../../core/port/storage.ts'

/**
 * What a storage on MongoDB takes. A document holds 16 MiB of BSON; the rest is room for what BSON adds to JSON, for
 * marks of ours, and for what a transaction writes beside the events.
 */
export const LIMITS: StorageLimits = { eventsPerAppend: 1000, bytesPerAppend: 8_000_000, bytesPerView: 8_000_000 }

/** Bytes of BSON that a document may take: what servers of all versions allow, less some room for marks of ours. */
export const MOST_BSON = 16 * 1024 * 1024 - 64 * 1024
