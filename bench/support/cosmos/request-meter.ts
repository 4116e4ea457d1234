import type { Next, PluginConfig, RequestContext, Response } from '@azure/cosmos'

/** What some work cost. */
export type Cost = {
  /** All requests that went out: also those for plans of queries, for metadata, and such as were made again. */
  readonly requests: number
  /** Request units, as the answers tell them. */
  readonly charge: number
}

/** Counts the requests of a client. */
export type RequestMeter = {
  /** Goes into the client's options. */
  readonly plugin: PluginConfig
  /** Everything so far. */
  readonly total: Cost
  /** What was asked so far, in words such as `Query docs`, and how often. */
  readonly kinds: ReadonlyMap<string, number>
  /** What work costs, while nothing else uses the client. */
  costOf(work: () => Promise<unknown>): Promise<Cost>
}

type Answered = { readonly headers?: { readonly [name: string]: unknown } | undefined }

/** Makes a meter of requests. The SDK calls it with each of them, whatever they go through. */
export function createRequestMeter(): RequestMeter {
  const kinds = new Map<string, number>()
  let total: Cost = { requests: 0, charge: 0 }

  function note(kind: string, { headers }: Answered): void {
    kinds.set(kind, (kinds.get(kind) ?? 0) + 1)
    total = { requests: total.requests + 1, charge: total.charge + (Number(headers?.['x-ms-request-charge']) || 0) }
  }

  async function plugin<T>(context: RequestContext, _node: unknown, next: Next<T>): Promise<Response<T>> {
    const kind = kindOf(context)
    try {
      const response = await next(context)
      note(kind, response)
      return response
    } catch (error) {
      // What the server refuses is an answer, too, and is charged.
      note(kind, error as Answered)
      throw error
    }
  }

  return {
    plugin: { on: 'request', plugin },
    kinds,
    get total() {
      return total
    },
    async costOf(work) {
      const before = total
      await work()
      return less(total, before)
    },
  }
}

// Charges come in hundredths.
const less = (cost: Cost, before: Cost): Cost => ({
  requests: cost.requests - before.requests,
  charge: Math.round((cost.charge - before.charge) * 100) / 100,
})

/** What it is by the second and the feed range. */
export const rateOf = ({ requests, charge }: Cost, seconds: number, ranges: number): Cost => ({
  requests: requests / seconds / ranges,
  charge: charge / seconds / ranges,
})

function kindOf({ headers, operationType, resourceType }: RequestContext): string {
  if (headers?.['x-ms-cosmos-is-query-plan-request']) return 'plan of a query'
  return `${operationType} ${resourceType}`
}
