import { argumentError, entityExists, entityNotFound } from '../broker/broker-error.ts'
import type { Subscription } from '../broker/subscription.ts'
import { codec, type Typed } from '../messages/codec.ts'
import { compileRule } from '../rules/compile-rule.ts'
import { type CorrelationFilter, InvalidRule, type Rule, type RuleDescription } from '../rules/rule.ts'
import { text, whole } from './arguments.ts'
import { DONE, type ManagementRequest, type Operation } from './request.ts'

/** The descriptors of the parts of a rule. */
const DESCRIPTOR = {
  rule: 1_335_734_829_060,
  noAction: 1_335_734_829_061,
  sqlFilter: 83_483_426_822,
  correlationFilter: 83_483_426_825,
  sqlAction: 1_335_734_829_062,
} as const

/** Operations on the rules of a subscription, by their names. */
export const RULE_OPERATIONS: Readonly<Record<string, Operation>> = {
  'com.microsoft:add-rule': (request) => {
    const { rules } = subscriptionOf(request)
    const name = text(request.body, 'rule-name')
    if (rules.has(name)) throw entityExists(`The rule ${name} already exists.`)
    rules.set(name, ruleOf(name, descriptionOf(request.body['rule-description'])))
    saveRules(request)
    return DONE
  },

  'com.microsoft:remove-rule': (request) => {
    const name = text(request.body, 'rule-name')
    if (!subscriptionOf(request).rules.delete(name)) throw entityNotFound(`The rule ${name} does not exist.`)
    saveRules(request)
    return DONE
  },

  'com.microsoft:enumerate-rules': (request) => {
    const [skip, top] = [whole(request.body, 'skip'), whole(request.body, 'top')]
    const rules = [...subscriptionOf(request).rules.values()].slice(skip, skip + top)
    if (rules.length === 0) return { status: 204 }
    return { status: 200, body: { rules: rules.map((rule) => ({ 'rule-description': encodedRule(rule) })) } }
  },
}

function saveRules({ namespace, entity }: ManagementRequest): void {
  namespace.saveSubscription(entity)
}

function subscriptionOf({ namespace, entity }: ManagementRequest): Subscription {
  const subscription = namespace.subscription(entity)
  if (subscription === undefined) throw entityNotFound(`The subscription '${entity}' could not be found.`)
  return subscription
}

function ruleOf(name: string, description: RuleDescription): Rule {
  try {
    return compileRule(name, description)
  } catch (error) {
    if (error instanceof InvalidRule) throw argumentError(`The rule ${name} ${error.message}.`)
    throw error
  }
}

type Parts = {
  readonly 'sql-filter'?: { readonly expression?: unknown }
  readonly 'correlation-filter'?: Readonly<Record<string, unknown>>
  readonly 'sql-rule-action'?: { readonly expression?: unknown }
}

/** How the protocol calls the members of a correlation filter, in the order in which it lists them. */
const CORRELATION_NAMES = [
  ['correlationId', 'correlation-id'],
  ['messageId', 'message-id'],
  ['to', 'to'],
  ['replyTo', 'reply-to'],
  ['subject', 'label'],
  ['sessionId', 'session-id'],
  ['replyToSessionId', 'reply-to-session-id'],
  ['contentType', 'content-type'],
] as const satisfies readonly (readonly [keyof CorrelationFilter, string])[]

function descriptionOf(given: unknown): RuleDescription {
  const { 'sql-filter': sql, 'correlation-filter': correlation, 'sql-rule-action': action } = (given ?? {}) as Parts
  return {
    ...(sql !== undefined && { sqlFilter: String(sql.expression) }),
    ...(correlation !== undefined && { correlationFilter: correlationOf(correlation) }),
    ...(typeof action?.expression === 'string' && { sqlAction: action.expression }),
  }
}

function correlationOf(given: Readonly<Record<string, unknown>>): CorrelationFilter {
  const fields = CORRELATION_NAMES.flatMap(([name, key]) =>
    typeof given[key] === 'string' ? [[name, given[key]]] : [],
  )
  const { properties } = given
  return {
    ...Object.fromEntries(fields),
    ...(typeof properties === 'object' && properties !== null && { applicationProperties: { ...properties } }),
  }
}

const described = (code: number, items: readonly unknown[]): Typed =>
  codec.described(codec.wrap_ulong(code), codec.wrap_list(items))

function encodedRule({ name, description }: Rule): Typed {
  const { sqlFilter, correlationFilter, sqlAction } = description
  const filter =
    correlationFilter === undefined
      ? described(DESCRIPTOR.sqlFilter, [sqlFilter])
      : described(DESCRIPTOR.correlationFilter, [
          ...CORRELATION_NAMES.map(([field]) => correlationFilter[field]),
          correlationFilter.applicationProperties,
        ])
  const action =
    sqlAction === undefined ? described(DESCRIPTOR.noAction, []) : described(DESCRIPTOR.sqlAction, [sqlAction])
  return described(DESCRIPTOR.rule, [filter, action, name])
}
