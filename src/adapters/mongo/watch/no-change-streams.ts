import { serverCode } from '../client/driver-error.ts'

// Unauthorized; a command, or a stage, that is unknown or not allowed (also by a versioned API); $changeStream without
// an oplog, or without a majority.
const CODES = new Set([13, 59, 115, 323, 40324, 40573, 148])

/** Whether an error means that change streams are not available here at all, so that a retry is useless. */
export const isNeverThere = (error: unknown): boolean => CODES.has(serverCode(error) ?? 0)
