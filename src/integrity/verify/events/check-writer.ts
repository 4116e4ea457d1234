import type { EventDocument } from '../../../core/port/event-document.ts'
import { verifyWriterSeal } from '../../writer-seal/verify-writer-seal.ts'
import type { FindingPlace } from '../findings.ts'
import type { Run } from '../run.ts'

/** Checks the writer's seal of an event that can be decoded, if the verification trusts keys of writers. */
export function checkWriter(run: Run, event: EventDocument, place: () => FindingPlace): void {
  const { findings, writers, writersSince } = run
  if (writers.length === 0) return
  const seal = verifyWriterSeal(event, writers)
  // Without a block, it is not sealed yet.
  const isNeeded = (place().block ?? Number.POSITIVE_INFINITY) >= writersSince
  if (seal === 'missing' && isNeeded) findings.add('writerSealMissing', 'No writer sealed the event', place())
  if (seal === 'wrong') findings.add('writerSealWrong', 'No trusted writer sealed this event at its place', place())
}
