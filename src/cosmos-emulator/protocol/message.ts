/** A request, as it came over HTTP. */
export type CosmosRequest = {
  readonly method: string
  /** Path and query as they were sent, from the first slash. */
  readonly path: string
  /** By name in lower case. */
  readonly headers: Readonly<Record<string, string | undefined>>
  readonly body: string
}

/** A response, as it goes over HTTP. */
export type CosmosResponse = {
  readonly status: number
  /** By name in lower case. */
  readonly headers: Readonly<Record<string, string>>
  readonly body: string
}

/** What a route answers: the body is sent as JSON, or not at all when it is `undefined`. */
export type Answer = {
  readonly status: number
  readonly body?: unknown
  readonly headers?: Readonly<Record<string, string>>
}
