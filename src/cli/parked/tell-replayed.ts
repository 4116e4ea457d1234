import type { Replayed } from '../../processor/replay/parked-sequences.ts'
import { jsonLine, type Output } from '../support/output.ts'

/** Tells people what came of a replay, or what would come of it. */
export async function tellReplayed(out: Output, replayed: Replayed, dryRun: boolean): Promise<void> {
  const { before, view, folded, dropped, waiting, unparked, error, event } = replayed
  await out.line(`Before    ${jsonLine(before)}`)
  await out.line(`After     ${jsonLine(view)}`)
  const counts = `${folded} events folded, ${dropped} dropped`
  if (dryRun) await out.line(`Nothing was changed; it would come to: ${counts}, ${waiting} waiting`)
  else await out.line(unparked ? `${counts}; the sequence goes on by itself` : `${counts}, ${waiting} waiting`)
  if (error && event) {
    await out.line(`It stays parked: ${event.streamId}@${event.version} fails with ${error.code}: ${error.message}`)
  }
}
