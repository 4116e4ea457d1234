import { InvalidConfiguration } from '../../core/errors/input.ts'
import { membersOf } from '../options/members.ts'
import { compileRule, defaultRule } from './compile-rule.ts'
import { InvalidRule, type Rule, type RuleDescription } from './rule.ts'

/** The rules of a subscription. @throws InvalidConfiguration that names the member */
export function readRules(at: string, rules: unknown): Rule[] {
  if (rules === undefined) return [defaultRule()]
  return Object.entries(membersOf(`${at}.rules`, rules)).map(([name, rule]) =>
    readRule(`${at}.rules.${name}`, name, rule),
  )
}

function readRule(at: string, name: string, rule: unknown): Rule {
  const members = membersOf(at, rule, ['sqlFilter', 'correlationFilter', 'sqlAction'])
  for (const member of ['sqlFilter', 'sqlAction']) {
    const value = members[member]
    if (value !== undefined && typeof value !== 'string') {
      throw new InvalidConfiguration(`${at}.${member}`, 'must be a string')
    }
  }
  if (members.correlationFilter !== undefined) membersOf(`${at}.correlationFilter`, members.correlationFilter)
  try {
    return compileRule(name, members as RuleDescription)
  } catch (error) {
    if (error instanceof InvalidRule) throw new InvalidConfiguration(at, error.message)
    throw error
  }
}
