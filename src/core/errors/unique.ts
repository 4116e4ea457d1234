import { TidemarkError } from './base.ts'

/** Another stream of the category already has a value that must be unique. Nothing names the value, nor who has it. */
export class ValueTaken extends TidemarkError {
  readonly code = 'ValueTaken'
  /** The stream, without a period, that may not have the value. */
  readonly streamId: string
  /** The name under which the aggregate's `unique` declares the value. */
  readonly field: string
  constructor(streamId: string, field: string) {
    super(`Stream ${streamId} cannot have this ${field}: another one has it, and it must be unique`)
    this.streamId = streamId
    this.field = field
  }
}

/**
 * The claims of a category's unique values do not belong to the events: they were never built for events that are older
 * than the declaration, or the log was restored or copied. No value can be claimed until they are rebuilt.
 */
export class UniqueIndexStale extends TidemarkError {
  readonly code = 'UniqueIndexStale'
  readonly category: string
  constructor(category: string, reason: string) {
    super(`The claims of unique values of ${category} cannot be relied on: ${reason}. Rebuild them`)
    this.category = category
  }
}
