import type { Namespace } from '../broker/namespace.ts'

/** A request to the management node of an entity. */
export type ManagementRequest = {
  readonly namespace: Namespace
  /** The path of the entity. */
  readonly entity: string
  readonly body: Readonly<Record<string, unknown>>
}

/** The response to one. */
export type ManagementReply = {
  /** A status of HTTP. */
  readonly status: number
  readonly body?: object
}

/** Handles the requests of one operation. @throws BrokerError */
export type Operation = (request: ManagementRequest) => ManagementReply

export const DONE: ManagementReply = { status: 200 }
