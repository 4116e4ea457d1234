import { notify } from '../../../core/async/callbacks.ts'
import { guardedTelemetry } from '../../../core/telemetry/guarded-telemetry.ts'
import type { Telemetry } from '../../../core/telemetry/telemetry.ts'

/** What one call of the port cost. */
export type RequestCharge = {
  /** The call, such as `append` or `feed.read`; a call that pages is reported page by page. */
  readonly operation: string
  /** Request units, of requests that failed and were made again too. */
  readonly charge: number
  /** Requests that were answered; the SDK's own, such as query plans and its repeats, are not among them. */
  readonly requests: number
}

/** Reports charges to the caller's function and as a metric. */
export function chargeReporter(
  telemetry: Telemetry,
  onRequestCharge: ((charge: RequestCharge) => void) | undefined,
): (charge: RequestCharge) => void {
  const { count } = guardedTelemetry(telemetry)
  return (charge) => {
    const { operation } = charge
    count('tidemark.cosmos.charge', charge.charge, { operation })
    count('tidemark.cosmos.requests', charge.requests, { operation })
    notify(onRequestCharge, charge)
  }
}

/** The charge that an answer's headers tell, in request units. */
export const chargeOf = (headers: { readonly [name: string]: unknown } | undefined): number =>
  Number(headers?.['x-ms-request-charge'] ?? 0) || 0
