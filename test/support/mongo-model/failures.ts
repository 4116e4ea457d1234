/** A command that fails: what the server answers then. */
export class CommandFailed extends Error {
  readonly code: number
  readonly labels: readonly string[]

  constructor(code: number, message: string, labels: readonly string[] = []) {
    super(message)
    this.code = code
    this.labels = labels
  }
}

/** A statement of a command that fails, while the command itself does not. */
export class WriteFailed extends CommandFailed {}

export const duplicateKey = (index: string): WriteFailed => new WriteFailed(11000, `E11000 duplicate key: ${index}`)

export const writeConflict = (): CommandFailed => new CommandFailed(112, 'WriteConflict', ['TransientTransactionError'])

export const noSuchTransaction = (): CommandFailed =>
  new CommandFailed(251, 'NoSuchTransaction', ['TransientTransactionError'])
