/**
 * The root of every error that Tidemark throws on purpose. `code` is stable across releases and is what programs
 * compare; the message is for people and may change. The driver's own error, if there is one, is `cause`.
 */
export abstract class TidemarkError extends Error {
  /** The stable name of this kind of error, listed in docs/reference/errors.md. */
  abstract readonly code: string

  constructor(message: string, options?: ErrorOptions) {
    super(message, options)
    this.name = new.target.name
  }
}
