import type { StorageLimits } from '../../../core/port/storage.ts'
import type { AppendMode } from '../options.ts'

// A batch and its answer end at 2 MB (2,097,152 bytes), and so do documents; what an event or a view is wrapped in must
// fit in, too: an event of a stream whose id takes 600 bytes takes 1,400 more than itself.
const DOCUMENT_BYTES = 1_900_000

// The argument of a stored procedure is said to end at 1 MB.
const ARGUMENT_BYTES = 950_000

/** The most events that any append was ever written with, whatever it was written by. */
export const LONGEST_APPEND = 100

/** What a storage takes. A batch takes 100 operations, one of which reads the version that is expected. */
export const LIMITS: { readonly [Mode in AppendMode]: StorageLimits } = {
  transactionalBatch: { eventsPerAppend: 99, bytesPerAppend: DOCUMENT_BYTES, bytesPerView: DOCUMENT_BYTES },
  storedProcedure: { eventsPerAppend: LONGEST_APPEND, bytesPerAppend: ARGUMENT_BYTES, bytesPerView: DOCUMENT_BYTES },
}
