import type { ConnectionPolicy, Container, CosmosClient, Database } from '@azure/cosmos'
import type { Budget } from './budget.ts'

/** What a question works with. */
export type Probe = {
  readonly client: CosmosClient
  /** The probe's own database; nothing else is touched. */
  readonly database: Database
  /** The containers as the adapter sets them up, with events in them. */
  readonly events: Container
  readonly views: Container
  readonly leases: Container
  /** How many events the long stream has. */
  readonly size: number
  readonly budget: Budget
  /** A client of its own, with a session of its own. It is disposed of at the end. */
  newClient(policy?: ConnectionPolicy): CosmosClient
}

/** What was found, next to what was assumed. */
export type Finding = {
  /** What was looked at, in some words. */
  readonly what: string
  readonly assumed: string
  readonly found: string
  /** Whether the two agree; undefined where a figure is to be judged by its reader. */
  readonly agrees?: boolean
}

/** A question to the service. */
export type Question = {
  readonly name: string
  ask(probe: Probe): AsyncIterable<Finding>
}

/** The streams that are there. */
export const STREAMS = { few: 's:few', many: 's:many' } as const

/** An error's status and substatus. */
export function statusOf(error: unknown): string {
  const { code, substatus, cause } = (error ?? {}) as { code?: unknown; substatus?: unknown; cause?: unknown }
  if (code === undefined && cause !== undefined) return statusOf(cause)
  return substatus ? `${code}/${substatus}` : String(code ?? error)
}

/** The LSN in a session token of one partition. */
export const lsnOf = (token: unknown): number =>
  Number(/^[^:]*:(?:-?\d+#)?(\d+)/.exec(String(token))?.[1] ?? Number.NaN)

/** The headers of a page of a query, which the SDK keeps to itself. */
export const headersOf = (page: object): Readonly<Record<string, string | undefined>> =>
  (page as { readonly headers: Readonly<Record<string, string | undefined>> }).headers

/** A figure of request units. */
export const units = (charge: number): string => `${charge.toFixed(2)} RU`
