import type { ServiceBusClient } from '@azure/service-bus'
import { InvalidOption } from '../../core/errors/input.ts'

/**
 * The retries that a client must be created with: none, because reactions and subscribers wait on their own, longer and
 * with more care; and ten seconds for one attempt. With the SDK's defaults, one call can last minutes.
 */
export const serviceBusRetryOptions = { maxRetries: 0, timeoutInMs: 10_000 } as const

/** Milliseconds that an attempt of the client may be set to take. */
const LONGEST_ATTEMPT = 20_000

/** Creates a client. It is called again when a connection does not recover. */
export type Connect = () => ServiceBusClient

/** The client in use. */
export interface Connection {
  /** The host of the namespace. */
  readonly name: string
  /** Milliseconds that one attempt of the client takes at most. */
  readonly timeLimit: number
  /** @throws InvalidOption if the client is not set up as it must be */
  client(): ServiceBusClient
  /** Abandons the client, unless it is another one by now; the next call creates another. */
  abandon(client?: ServiceBusClient): void
  /** Closes the client. */
  close(): Promise<void>
}

/** Holds a client, and creates it anew when it is abandoned. @throws InvalidOption */
export function holdConnection(connect: Connect): Connection {
  const first = checked(connect())
  let current: ServiceBusClient | undefined = first.client
  return {
    name: current.fullyQualifiedNamespace,
    timeLimit: first.timeLimit,
    client: () => (current ??= checked(connect()).client),
    abandon(client = current) {
      if (client === undefined || client !== current) return
      current = undefined
      // It may hang for as long as what it is abandoned for.
      client.close().catch(() => {})
    },
    async close() {
      const closing = current
      current = undefined
      await closing?.close()
    },
  }
}

function checked(client: ServiceBusClient): { readonly client: ServiceBusClient; readonly timeLimit: number } {
  // Its options are not public: if a release of the SDK keeps them elsewhere, they are not checked.
  const { retryOptions } = (client as unknown as WithOptions)._clientOptions ?? {}
  if (retryOptions === undefined) return { client, timeLimit: LONGEST_ATTEMPT }
  const { maxRetries, timeoutInMs } = retryOptions
  if (maxRetries !== 0) {
    throw new InvalidOption('retryOptions.maxRetries', '0 (use serviceBusRetryOptions)', maxRetries)
  }
  if (timeoutInMs === undefined || timeoutInMs > LONGEST_ATTEMPT) {
    const expected = `at most ${LONGEST_ATTEMPT} (use serviceBusRetryOptions)`
    throw new InvalidOption('retryOptions.timeoutInMs', expected, timeoutInMs)
  }
  return { client, timeLimit: timeoutInMs }
}

type WithOptions = {
  readonly _clientOptions?: { readonly retryOptions?: { readonly maxRetries?: number; readonly timeoutInMs?: number } }
}
