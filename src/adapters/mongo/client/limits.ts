import type { StorageLimits } from '../../../core/port/storage.ts'

/**
 * The limits of a storage on MongoDB. A document holds 16 MiB of BSON; the rest is room for the overhead of BSON over
 * JSON, for our own fields, and for what a transaction writes besides the events.
 */
export const LIMITS: StorageLimits = { eventsPerAppend: 1000, bytesPerAppend: 8_000_000, bytesPerView: 8_000_000 }

/**
 * The maximum size of a document as BSON, in bytes: what servers of all versions allow, less some room for our own
 * fields.
 */
export const MOST_BSON = 16 * 1024 * 1024 - 64 * 1024
