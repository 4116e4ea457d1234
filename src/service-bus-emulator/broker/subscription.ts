import { type Message, textOf } from '../messages/message.ts'
import { FilterError, type Rule } from '../rules/rule.ts'
import { BrokerError } from './broker-error.ts'
import type { Forwarded } from './context.ts'
import { REASON } from './messages/dead-letter.ts'
import type { Queue } from './queue.ts'
import type { SubscriptionSettings } from './settings.ts'

/** A subscription of a topic: a queue that takes the messages that one of its rules matches. */
export class Subscription {
  readonly queue: Queue
  readonly rules = new Map<string, Rule>()
  #settings: SubscriptionSettings

  constructor(queue: Queue, settings: SubscriptionSettings, rules: Iterable<Rule>) {
    this.queue = queue
    this.#settings = settings
    for (const rule of rules) this.rules.set(rule.name, rule)
  }

  get settings(): SubscriptionSettings {
    return this.#settings
  }

  /** @param rules those that replace the present ones */
  update(settings: SubscriptionSettings, rules?: Iterable<Rule>): void {
    this.#settings = settings
    this.queue.update(settings)
    if (rules === undefined) return
    this.rules.clear()
    for (const rule of rules) this.rules.set(rule.name, rule)
  }

  /** Takes what its rules let through of a message that the topic has taken. */
  receive(forwarded: Forwarded, size: number): void {
    try {
      for (const message of this.#copiesOf(forwarded.message)) this.#receiveCopy({ ...forwarded, message }, size)
    } catch (error) {
      if (!(error instanceof FilterError)) throw error
      if (!this.#settings.deadLetteringOnFilterEvaluationExceptions) return
      this.queue.receiveDead(forwarded, size, { reason: 'FilterEvaluationException', description: error.message })
    }
  }

  /** What the topic has taken, and the subscription cannot take, is dead-lettered. */
  #receiveCopy(copy: Forwarded, size: number): void {
    if (this.#settings.requiresSession && textOf(copy.message, 'sessionId') === undefined) {
      this.queue.receiveDead(copy, size, REASON.noSession)
      return
    }
    try {
      this.queue.receiveForwarded(copy)
    } catch (error) {
      if (!(error instanceof BrokerError)) throw error
      this.queue.receiveDead(copy, size, { reason: error.condition, description: error.message })
    }
  }

  /** One copy for each rule with an action that matches, and one for all matching rules without. */
  #copiesOf(message: Message): Message[] {
    const copies: Message[] = []
    let isPlain = false
    for (const rule of this.rules.values()) {
      if (!rule.matches(message)) continue
      if (rule.change === undefined) isPlain = true
      else copies.push(rule.change(message))
    }
    return isPlain ? [message, ...copies] : copies
  }
}
