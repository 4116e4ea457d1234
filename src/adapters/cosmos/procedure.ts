import { StorageNotSetUp } from '../../core/errors/storage.ts'
import type { WithSession } from './append-request.ts'
import { Refused } from './client/errors.ts'
import { type Operation, sessionOf } from './client/request.ts'
import type { Handle } from './handle.ts'
import type { Procedure } from './setup/procedures.ts'

// Statuses with which a script ends that met another one: the id is taken, the document has changed or is gone.
const MET_ANOTHER = new Set([404, 409, 412, 449])
// What else may be wrong with a script that was rolled back, such as time that ran out, may be gone the next time.
const OTHER_FAILURES = 5

/**
 * Runs a stored procedure in a stream's partition, again where it met another one: everything that it did was rolled
 * back then. It must be repeatable.
 *
 * @throws StorageNotSetUp where it is not registered; `Refused` with 413 where the request is too large
 */
export async function execute<T>(
  operation: Operation,
  { containers: { events } }: Handle,
  procedure: Procedure,
  streamId: string,
  request: object,
): Promise<WithSession<T>> {
  const script = events.container.scripts.storedProcedure(procedure.id)
  for (let attempt = 0, others = 0; ; attempt++) {
    try {
      const { resource, headers } = await operation.request({
        sessions: events.sessions,
        kind: 'repeatable',
        send: (options) => script.execute(streamId, [request], options),
      })
      return { ...(resource as T), session: sessionOf(headers) }
    } catch (error) {
      if (!(error instanceof Refused)) throw error
      if (error.status === 404) {
        throw new StorageNotSetUp(`The stored procedure ${procedure.id} is not registered`, { cause: error })
      }
      // An error of the server that a script lets through makes 400, with the error's own status beside it.
      const met = MET_ANOTHER.has(error.status === 400 ? error.substatus : error.status)
      if (!met && (error.status !== 400 || ++others > OTHER_FAILURES)) throw error
    }
    await operation.again(attempt)
  }
}
