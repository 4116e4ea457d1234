import { InvalidConfiguration } from '../../../core/errors/input.ts'
import type { StorageLimits } from '../../../core/port/storage.ts'
import type { BlockBounds } from './draft-parts.ts'

/** How often blocks are written. */
export type SealingOptions = {
  /** Events in one block, 1 to 10,000; default 4,096. A block has at most about 256 KiB, so it may have fewer. */
  readonly maxEvents?: number
  /** Milliseconds after which an event is sealed, since it was recorded: 0 to 3,600,000; default 5,000. */
  readonly maxAge?: number
}

// Bytes of a block: large enough to be cheap for each event, small enough to be read for the proof of one.
const MOST_BYTES = 256 * 1024
const MOST_EVENTS = 10_000
const LONGEST = 3_600_000

/** Sets defaults. @throws InvalidConfiguration */
export function sealingOptions({ maxEvents = 4_096, maxAge = 5_000 }: SealingOptions): Required<SealingOptions> {
  if (!Number.isSafeInteger(maxEvents) || maxEvents < 1 || maxEvents > MOST_EVENTS) {
    throw new InvalidConfiguration('maxEvents', `must be a whole number from 1 to ${MOST_EVENTS}`)
  }
  if (!Number.isSafeInteger(maxAge) || maxAge < 0 || maxAge > LONGEST) {
    throw new InvalidConfiguration('maxAge', `must be a whole number of milliseconds from 0 to ${LONGEST}`)
  }
  return { maxEvents, maxAge }
}

/** How much goes into one block of a ledger. */
export const boundsFor = (
  { bytesPerView }: Pick<StorageLimits, 'bytesPerView'>,
  { maxEvents }: Required<SealingOptions> = sealingOptions({}),
): BlockBounds => ({ maxEvents, maxBytes: Math.min(MOST_BYTES, Math.floor(bytesPerView / 2)) })
