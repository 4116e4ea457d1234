import { eventReference } from '../events/event-reference.ts'
import { TidemarkError } from './base.ts'

type Place = { readonly streamId: string; readonly version: number }

/**
 * A function of a rule threw, or returned something that it must not return. It never counts as "no". The message names
 * the rule and the function, and nothing of the event or the subject; neither does `cause`.
 */
export class RuleFailed extends TidemarkError {
  readonly code = 'RuleFailed'
  readonly rule: string
  /** Which of the rule's functions, as in `check not banned` or `setProperty last_order`. */
  readonly part: string
  readonly streamId: string
  readonly version: number
  constructor(rule: string, part: string, { streamId, version }: Place, what: string, options?: ErrorOptions) {
    super(`Rule ${rule}: ${part} ${what}, at ${eventReference(streamId, version)}`, options)
    this.rule = rule
    this.part = part
    this.streamId = streamId
    this.version = version
  }
}

/** An event is the last of a chain of rules, each of which was fired by the one before: they fire one another forever. */
export class RuleLoop extends TidemarkError {
  readonly code = 'RuleLoop'
  readonly rule: string
  readonly depth: number
  readonly streamId: string
  readonly version: number
  constructor(rule: string, depth: number, { streamId, version }: Place) {
    super(
      `Rule ${rule} would fire at depth ${depth} of a chain of rules, at ${eventReference(streamId, version)}: ` +
        'the rules probably fire one another without end',
    )
    this.rule = rule
    this.depth = depth
    this.streamId = streamId
    this.version = version
  }
}
