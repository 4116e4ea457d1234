import type { Fault } from '../../operations/model/snapshot.ts'
import type { ParkedSummary } from '../../processor/parking/list-parked.ts'
import type { ParkedRow } from '../contract/topics.ts'
import type { VersionRef } from '../server/folding.ts'
import { failureOfCode } from './fault.ts'
import type { PayloadMode } from './payload.ts'

// What a queue says of its first event after the one before it was dropped.
const NOT_TRIED = { code: 'NotTried', message: 'This event has not been tried yet' }

/** Why a sequence is parked, as it is shown. */
export const parkedFault = (error: ParkedSummary['error'], payloads: PayloadMode): Fault =>
  error === null ? NOT_TRIED : failureOfCode(error, payloads)

/** A parked sequence as a row. */
export const parkedRow = (
  { projection, version }: VersionRef,
  { key, since, attempts, error, event, waiting }: ParkedSummary,
  payloads: PayloadMode,
): ParkedRow => ({
  projection,
  version,
  key,
  since,
  attempts,
  error: parkedFault(error, payloads),
  event: { streamId: event.streamId, version: event.version },
  waiting,
})
