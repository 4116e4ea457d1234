import type { AppendOutcome, AppendRequest, WithSession } from './append-request.ts'
import type { Operation } from './client/request.ts'
import type { Handle } from './handle.ts'
import { execute } from './procedure.ts'

/** Appends by `stored-procedures/append-to-stream.js`, in one request. */
export const appendByProcedure = (
  operation: Operation,
  handle: Handle,
  request: AppendRequest,
): Promise<WithSession<AppendOutcome>> =>
  execute(operation, handle, handle.procedures.append, request.streamId, request)
