import type { StorageLimits } from '../../../core/port/storage.ts'
import type { AppendMode } from '../options.ts'

// A batch and its response are limited to 2 MB (2,097,152 bytes), and so are documents. The envelope of an event or a
// view must fit in, too: an event of a stream whose id takes 600 bytes takes 1,400 more than itself.
const DOCUMENT_BYTES = 1_900_000

// The argument of a stored procedure is said to be limited to 1 MB.
const ARGUMENT_BYTES = 950_000

/** The maximum number of events in any append, however it was written. */
export const LONGEST_APPEND = 100

/** The limits of a storage. A batch has at most 100 operations, one of which reads the expected version. */
export const LIMITS: { readonly [Mode in AppendMode]: StorageLimits } = {
  transactionalBatch: { eventsPerAppend: 99, bytesPerAppend: DOCUMENT_BYTES, bytesPerView: DOCUMENT_BYTES },
  storedProcedure: { eventsPerAppend: LONGEST_APPEND, bytesPerAppend: ARGUMENT_BYTES, bytesPerView: DOCUMENT_BYTES },
}
