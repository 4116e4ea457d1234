import { randomUUID } from 'node:crypto'
import { CosmosError, type PartitionTransaction } from '../engine/types.ts'
import { answerCall, type CallOptions } from './server-calls.ts'

/** A call that a procedure makes to the server: the how manieth, from 0, and what it asks for. */
export type ServerCall = { readonly number: number; readonly operation: string }

/** What a host answers a procedure with. */
export type HostOptions = CallOptions & {
  readonly selfLink: string
  readonly altLink: string
  readonly accepts: (call: ServerCall) => boolean
}

/** What stands outside of a procedure's realm, for one run. */
export type Host = {
  /** The one function that the realm is given: from JSON to JSON, so that a procedure never holds an object of ours. */
  readonly call: (operation: string, json: string) => string
  /** Whether something is still to be done when the procedure and its callbacks have returned. */
  isPending(): boolean
  /** What went wrong on our side, which no procedure may make its own. */
  failure(): { readonly error: unknown } | undefined
  readonly log: readonly string[]
}

export function hostOf(transaction: PartitionTransaction, options: HostOptions): Host {
  const { selfLink, altLink, accepts } = options
  const log: string[] = []
  let calls = 0
  let unanswered = 0
  let isAborted = false
  let failure: { readonly error: unknown } | undefined

  function answer(operation: string, argument: never): object {
    try {
      return answerCall(transaction, operation, argument, options)
    } catch (error) {
      if (error instanceof CosmosError) {
        return { error: { number: error.status, body: JSON.stringify({ Errors: [error.message] }) } }
      }
      failure = { error }
      throw error
    }
  }

  function dispatch(operation: string, argument: never): object {
    switch (operation) {
      case 'log':
        log.push(argument)
        return {}
      case 'abort':
        isAborted = true
        return {}
      case 'accept': {
        const accepted = accepts({ number: calls++, ...(argument as { operation: string }) })
        if (accepted) unanswered++
        return { accepted }
      }
      case 'links':
        return { selfLink, altLink }
      case 'newId':
        return { id: randomUUID() }
      default:
        unanswered--
        return answer(operation, argument)
    }
  }

  return {
    call: (operation, json) => JSON.stringify(dispatch(operation, JSON.parse(json) as never)),
    isPending: () => unanswered > 0 || isAborted,
    failure: () => failure,
    log,
  }
}
