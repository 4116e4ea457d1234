import { InvalidConfiguration } from '../../core/errors/input.ts'
import { PayloadRuleMissing } from '../../core/errors/payload.ts'
import type { PayloadRule, PayloadStore, PayloadTraits } from './payload-store.ts'
import type { PayloadReference } from './payloads.ts'

/** Finds the store of a payload. */
export type Routing = {
  /** The first rule that matches. @throws PayloadRuleMissing */
  ruleFor(traits: PayloadTraits): PayloadRule
  /** The store that an event refers to. @throws PayloadRuleMissing naming the rule */
  storeOf(reference: Pick<PayloadReference, 'in' | 'event' | 'field'>): PayloadStore
  /** Each store once, however many rules it has. */
  readonly stores: readonly PayloadStore[]
  /** The names of all rules. */
  readonly names: ReadonlySet<string>
}

/**
 * Creates the routing of payloads to stores.
 *
 * @throws InvalidConfiguration if a rule has no name, or the name of another one
 */
export function createRouting(rules: readonly PayloadRule[]): Routing {
  const byName = new Map<string, PayloadRule>()
  for (const rule of rules) {
    if (typeof rule.name !== 'string' || rule.name === '')
      throw new InvalidConfiguration('payloads', 'every rule needs a name, since events refer to it')
    if (byName.has(rule.name))
      throw new InvalidConfiguration('payloads', `two rules are named ${JSON.stringify(rule.name)}`)
    byName.set(rule.name, rule)
  }
  return {
    ruleFor(traits) {
      const found = rules.find(({ when }) => when?.(traits) ?? true)
      if (found) return found
      const { category, type, field, personal, bytes } = traits
      throw new PayloadRuleMissing(
        `No payload rule matches ${field} of ${type} in category ${category} (${personal ? 'personal' : 'not personal'}, ` +
          `${bytes} bytes); the rules are ${named(rules)}. Add a rule, such as one without \`when\` at the end`,
      )
    },
    storeOf({ in: name, event, field }) {
      const found = byName.get(name)
      if (found) return found.store
      throw new PayloadRuleMissing(
        `The payload ${field} of event ${event} is in ${JSON.stringify(name)}, but no payload rule has that name; ` +
          `the rules are ${named(rules)}. Add the rule with its store; a \`when\` that matches nothing keeps new payloads out`,
      )
    },
    stores: [...new Set(rules.map(({ store }) => store))],
    names: new Set(byName.keys()),
  }
}

const named = (rules: readonly PayloadRule[]): string =>
  rules.length === 0 ? 'none' : rules.map(({ name }) => JSON.stringify(name)).join(', ')
