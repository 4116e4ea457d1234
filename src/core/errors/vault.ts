import { TidemarkError } from './base.ts'

/**
 * Documents of keys do not belong together: some belong to another vault, or the one that holds the vault's own keys is
 * missing or older than the others. Restore them together.
 */
export class VaultMismatch extends TidemarkError {
  readonly code = 'VaultMismatch'
}

/** A person cannot be admitted again before everything that forgetting them began is finished. Retry later. */
export class ForgettingUnfinished extends TidemarkError {
  readonly code = 'ForgettingUnfinished'
  readonly person: string
  /** From when on a processor, or `vault.finishDue`, can finish it. */
  readonly due: Date
  constructor(person: string, due: Date) {
    super(
      `Forgetting person ${JSON.stringify(person)} is not finished: a processor, or vault.finishDue, can finish it from ${due.toISOString()} on`,
    )
    this.person = person
    this.due = due
  }
}
