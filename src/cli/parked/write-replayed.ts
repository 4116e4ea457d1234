import { eventReference } from '../../core/events/event-reference.ts'
import type { Replayed } from '../../processor/replay/parked-sequences.ts'
import { count } from '../support/count.ts'
import { jsonLine, type Output } from '../support/output.ts'

/** Writes what a replay did, or would do, for people. */
export async function writeReplayed(out: Output, replayed: Replayed, dryRun: boolean): Promise<void> {
  await out.line(`Before    ${jsonLine(replayed.before)}`)
  await out.line(`After     ${jsonLine(replayed.view)}`)
  await out.line(`${dryRun ? 'Dry run: ' : ''}${outcomeOf(replayed, dryRun)}`)
}

/** What a replay did, or would do, in one sentence. */
export function outcomeOf({ folded, dropped, waiting, unparked, error, event }: Replayed, dryRun: boolean): string {
  const drops = dropped > 0 ? `, ${dryRun ? 'drop' : 'dropped'} ${count(dropped, 'event')}` : ''
  const applied = `${dryRun ? 'would apply' : 'applied'} ${count(folded, 'event')}${drops}`
  if (unparked) return dryRun ? `${applied}, and resume` : `${applied}; the view resumes`
  const failed =
    error && event && `${eventReference(event.streamId, event.version)} failed with ${error.code}: ${error.message}`
  return `${applied}; still parked with ${count(waiting, 'pending event')}${failed ? `: ${failed}` : ''}`
}
