import { TidemarkError } from '../../core/errors/base.ts'
import type { Failure } from './messages.ts'

const MOST_OF_MESSAGE = 2_000

/** The part of an error that is sent: its code, or its name if it is not one of Tidemark's, and its message. */
export function toFailure(error: unknown): Failure {
  const message = error instanceof Error ? error.message : String(error)
  const code = error instanceof TidemarkError ? error.code : error instanceof Error ? error.name : 'Error'
  return { code, message: message.slice(0, MOST_OF_MESSAGE) }
}

/** An error of the thread, with the code that it had there. */
export class ThreadError extends TidemarkError {
  readonly code: string
  constructor({ code, message }: Failure) {
    super(message)
    this.code = code
    this.name = code
  }
}
