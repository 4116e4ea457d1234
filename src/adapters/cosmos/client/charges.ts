import { notify } from '../../../core/async/callbacks.ts'
import { guardedTelemetry } from '../../../core/telemetry/guarded-telemetry.ts'
import type { Telemetry } from '../../../core/telemetry/telemetry.ts'

/** The cost of one call of the port. */
export type RequestCharge = {
  /** The call, such as `append` or `feed.read`; a call that pages is reported page by page. */
  readonly operation: string
  /** Request units, including those of failed and retried requests. */
  readonly charge: number
  /** Requests with a response; the SDK's own, such as query plans and its retries, are not included. */
  readonly requests: number
  /** How many of them had which status, such as `200` or `429`. */
  readonly statuses: { readonly [status: string]: number }
}

/** Reports charges to the caller's callback and as a metric. */
export function chargeReporter(
  telemetry: Telemetry,
  onRequestCharge: ((charge: RequestCharge) => void) | undefined,
): (charge: RequestCharge) => void {
  const { count, record } = guardedTelemetry(telemetry)
  return (charge) => {
    const attributes = { 'tidemark.operation': charge.operation }
    count('tidemark.cosmos.charge', charge.charge, attributes)
    record('azure.cosmosdb.client.operation.request_charge', charge.charge, { 'db.operation.name': charge.operation })
    for (const [status, requests] of Object.entries(charge.statuses)) {
      count('tidemark.cosmos.requests', requests, { ...attributes, 'db.response.status_code': status })
    }
    notify(onRequestCharge, charge)
  }
}

/** The charge in a response's headers, in request units. */
export const chargeOf = (headers: { readonly [name: string]: unknown } | undefined): number =>
  Number(headers?.['x-ms-request-charge'] ?? 0) || 0
