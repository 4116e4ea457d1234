import { TidemarkError } from './base.ts'

/** No rule says where a payload is to be stored. Nothing was stored or appended. */
export class PayloadRuleMissing extends TidemarkError {
  readonly code = 'PayloadRuleMissing'
}

/**
 * A payload store could not be reached, refused, or did not respond in time. Retry later: nothing was appended, and
 * nothing is taken for lost or forgotten.
 */
export class PayloadStoreFailed extends TidemarkError {
  readonly code = 'PayloadStoreFailed'
  /** The store's name. */
  readonly store: string
  /** @param what what failed, such as `put`, and why */
  constructor(store: string, what: string, options?: ErrorOptions) {
    super(`The payload store ${store} failed: ${what}`, options)
    this.store = store
  }
}

/** An event refers to a payload that its store does not have, although it was never forgotten. */
export class PayloadLost extends TidemarkError {
  readonly code = 'PayloadLost'
  /** The name of the rule in the event's reference. */
  readonly rule: string
  /** The key of the object. */
  readonly key: string
  constructor(event: string, field: string, { rule, key }: { readonly rule: string; readonly key: string }) {
    super(
      `The payload ${field} of event ${event} is lost: its store, ${rule}, has no object ${key}. ` +
        'Restore the object, for example from a backup of the store; the event is retried',
    )
    this.rule = rule
    this.key = key
  }
}

/**
 * A stored payload is not the one that its event was appended with: its size or its hash differs, or the event's
 * reference was edited.
 */
export class PayloadTampered extends TidemarkError {
  readonly code = 'PayloadTampered'
  /** The name of the rule in the event's reference. */
  readonly rule: string
  /** The key of the object. */
  readonly key: string
  constructor(event: string, field: string, { rule, key }: { readonly rule: string; readonly key: string }) {
    super(
      `The payload ${field} of event ${event} was changed, or its reference was: object ${key} of its store, ${rule}, ` +
        'is not the one that the event was appended with',
    )
    this.rule = rule
    this.key = key
  }
}
