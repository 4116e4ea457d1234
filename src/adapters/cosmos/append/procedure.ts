import { StorageAccessDenied, StorageUnavailable } from '../../../core/errors/storage.ts'
import { sessionOf } from '../client/answers.ts'
import { AnswerLost, partitionFull, Refused } from '../client/failures/errors.ts'
import type { Operation } from '../client/operation.ts'
import type { Handle } from '../handle.ts'
import type { Procedure } from '../setup/procedures.ts'
import type { WithSession } from '../streams/stream-query.ts'
import type { ProcedureFault } from './procedure-state.ts'

/** A stored procedure did not work, and wrote nothing. */
export class ProcedureUnusable extends StorageUnavailable {
  readonly fault: ProcedureFault
  constructor(procedure: Procedure, fault: ProcedureFault, cause: unknown) {
    super(`The stored procedure ${procedure.id} cannot be used (${fault})`, { cause })
    this.fault = fault
  }
}

export type ExecuteOptions<R> = {
  /**
   * A request for less work, for use after the server refused a call because of the time or the units that the script
   * has used.
   */
  readonly lessen?: (request: R) => R
  /** How often the server may refuse a call before the procedure counts as unusable; default: until the deadline. */
  readonly mostRefusals?: number
}

// Statuses of a script that conflicted with another one: the id is taken, or the document has changed or is gone.
const MET_ANOTHER = new Set([404, 409, 412, 449])
// Any other fault of a script that was rolled back may be temporary.
const MOST_ERRORS = 5
// A script that exceeds its five seconds is rolled back. The service blocks scripts that do so repeatedly.
const MOST_TIMEOUTS = 2
// The script's own code for a call that the server refused, beside the status 400 of every script that throws.
const CALL_REFUSED = 429

/**
 * Runs a stored procedure in a stream's partition, and retries it after a conflict with another one, which rolls
 * everything back. It must be idempotent.
 *
 * @throws ProcedureUnusable; `Refused` with 413 if the request is too large; StorageFull; StorageBusy
 */
export async function execute<T, R extends object>(
  operation: Operation,
  { containers: { events } }: Pick<Handle, 'containers'>,
  procedure: Procedure,
  streamId: string,
  asked: R,
  { lessen = (request) => request, mostRefusals = Number.POSITIVE_INFINITY }: ExecuteOptions<R> = {},
): Promise<WithSession<T>> {
  const script = events.container.scripts.storedProcedure(procedure.id)
  let request = asked
  for (let [attempt, refusals, errors] = [0, 0, 0]; ; attempt++) {
    const unusable = (fault: ProcedureFault, cause: unknown) => new ProcedureUnusable(procedure, fault, cause)
    try {
      const { resource, headers } = await operation.request({
        in: events,
        at: { key: streamId },
        kind: 'repeatable',
        mostTimeouts: MOST_TIMEOUTS,
        send: (options) => script.execute(streamId, [request], options),
      })
      return { ...(resource as T), session: sessionOf(headers) }
    } catch (error) {
      if (error instanceof AnswerLost) throw unusable('timeout', error)
      // The same credentials allow everything else; this is the response to a blocked script.
      if (error instanceof StorageAccessDenied) throw unusable('denied', error)
      if (!(error instanceof Refused)) throw error
      if (error.status === 404) throw unusable('missing', error)
      // An error of the server that a script rethrows results in 400, with the error's own status as substatus.
      const status = error.status === 400 ? error.substatus : error.status
      if (status === 403) throw partitionFull(error)
      if (status === 413) throw new Refused({ status, substatus: 0, cause: error })
      if (status === CALL_REFUSED) {
        if (++refusals > mostRefusals) throw unusable('budget', error)
        request = lessen(request)
        await operation.again(attempt, 'throttled')
        continue
      }
      if (!MET_ANOTHER.has(status) && ++errors > MOST_ERRORS) throw unusable('error', error)
    }
    await operation.again(attempt)
  }
}
