import { StorageAccessDenied, StorageUnavailable } from '../../../core/errors/storage.ts'
import { sessionOf } from '../client/answers.ts'
import { AnswerLost, partitionFull, Refused } from '../client/failures/errors.ts'
import type { Operation } from '../client/operation.ts'
import type { Handle } from '../handle.ts'
import type { Procedure } from '../setup/procedures.ts'
import type { WithSession } from '../streams/stream-query.ts'
import type { ProcedureFault } from './procedure-state.ts'

/** A stored procedure does not do its work, and nothing was written by it. */
export class ProcedureUnusable extends StorageUnavailable {
  readonly fault: ProcedureFault
  constructor(procedure: Procedure, fault: ProcedureFault, cause: unknown) {
    super(`The stored procedure ${procedure.id} cannot be used (${fault})`, { cause })
    this.fault = fault
  }
}

export type ExecuteOptions<R> = {
  /** A request for less work, for when the server refuses a call for the time or the units that the script has used. */
  readonly lessen?: (request: R) => R
  /** How often the server may refuse a call, before the procedure counts as unusable; default: until the deadline. */
  readonly mostRefusals?: number
}

// Statuses with which a script ends that met another one: the id is taken, the document has changed or is gone.
const MET_ANOTHER = new Set([404, 409, 412, 449])
// What else may be wrong with a script that was rolled back may be gone the next time.
const MOST_ERRORS = 5
// A script that runs into its five seconds is rolled back. The service blocks scripts that do so again and again.
const MOST_TIMEOUTS = 2
// The script's own word for a call that the server refused, beside the status 400 of every script that throws.
const CALL_REFUSED = 429

/**
 * Runs a stored procedure in a stream's partition, again where it met another one: everything that it did was rolled
 * back then. It must be repeatable.
 *
 * @throws ProcedureUnusable; `Refused` with 413 where the request is too large; StorageFull; StorageBusy
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
      // The same credentials may do everything else; a script that was blocked is answered like this.
      if (error instanceof StorageAccessDenied) throw unusable('denied', error)
      if (!(error instanceof Refused)) throw error
      if (error.status === 404) throw unusable('missing', error)
      // An error of the server that a script lets through makes 400, with the error's own status beside it.
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
