import { serverCode } from '../client/driver-error.ts'

// Unauthorized; a command, or a stage, that is not known or not allowed (also by a versioned API); $changeStream where
// there is no oplog, or without a majority.
const CODES = new Set([13, 59, 115, 323, 40324, 40573, 148])

/** Whether an error says that change streams cannot be had here at all, so that asking again is of no use. */
export const isNeverThere = (error: unknown): boolean => CODES.has(serverCode(error) ?? 0)
