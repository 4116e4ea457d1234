import type { Clock } from '../core/clock.ts'
import { CosmosError } from './engine/types.ts'
import type { Fault, FaultHook } from './faults/fault.ts'
import { errorResponse, type Handler } from './protocol/handler.ts'
import type { CosmosRequest, CosmosResponse } from './protocol/message.ts'

/** Serves a request, faults included; `'cut'` when the connection must break instead. */
export type Serve = (request: CosmosRequest, signal: AbortSignal) => Promise<CosmosResponse | 'cut'>

/** @param hook gives the fault hook of the moment */
export function serveWith(handle: Handler, clock: Clock, hook: () => FaultHook | undefined): Serve {
  async function meet(fault: Fault | undefined, request: CosmosRequest, signal: AbortSignal) {
    if (fault?.delay !== undefined) await clock.sleep(fault.delay, signal)
    if (fault?.cut === true) return 'cut'
    return fault?.answer && faultResponse(request, fault.answer)
  }

  return async (request, signal) => {
    const fault = hook()?.(request, undefined)
    const before = await meet(fault, request, signal)
    // Who hung up while it waited is not served any more.
    if (before !== undefined || signal.aborted) return before ?? 'cut'
    const response = handle(request, fault)
    return (await meet(hook()?.(request, response), request, signal)) ?? response
  }
}

function faultResponse(request: CosmosRequest, answer: NonNullable<Fault['answer']>): CosmosResponse {
  const { status, substatus, code = 'Fault', retryAfter, body } = answer
  const error = new CosmosError(status, code, `A fault on command: ${status}.`, substatus, retryAfter)
  const response = errorResponse(request, error)
  return body === undefined ? response : { ...response, headers: { 'content-type': 'text/html' }, body }
}
