import { TidemarkError } from './base.ts'

/** Code of a projection or an aggregate took too long in the dashboard's folding thread, which was ended. */
export class FoldingTimedOut extends TidemarkError {
  readonly code = 'FoldingTimedOut'
  /** Milliseconds after which the thread was ended. */
  readonly limit: number
  constructor(what: string, limit: number) {
    super(`${what} took longer than ${limit / 1000} s and was ended`)
    this.limit = limit
  }
}

/** The dashboard's folding thread ended by itself: code in it exited, or used up its memory. The next call starts another. */
export class FoldingEnded extends TidemarkError {
  readonly code = 'FoldingEnded'
}

/** Too many calls wait for the dashboard's folding thread. */
export class FoldingBusy extends TidemarkError {
  readonly code = 'FoldingBusy'
  constructor(waiting: number) {
    super(`${waiting} calls wait for the folding thread already; try again`)
  }
}

/** The dashboard loaded no projection, reaction or aggregate of this name and version. */
export class DefinitionNotLoaded extends TidemarkError {
  readonly code = 'DefinitionNotLoaded'
  readonly definition: string
  constructor(kind: string, definition: string) {
    super(`The dashboard has no code of ${kind} ${definition}: start it with --projections and --aggregates`)
    this.definition = definition
  }
}
