import { codec } from '../messages/codec.ts'
import { type Message, withApplicationProperties } from '../messages/message.ts'
import { compileCorrelation } from './correlation.ts'
import { InvalidRule, type Rule, type RuleDescription } from './rule.ts'
import { compileAction, compileFilter } from './sql/compile.ts'

/** The name of the rule that a subscription has without others. */
const DEFAULT_NAME = '$Default'

/** Makes a rule ready to run. @throws InvalidRule that says which member is wrong, and how */
export function compileRule(name: string, description: RuleDescription): Rule {
  const { sqlFilter, correlationFilter, sqlAction } = description
  if (sqlFilter !== undefined && correlationFilter !== undefined) {
    throw new InvalidRule('has a sqlFilter and a correlationFilter, where one of them is allowed')
  }
  return {
    name,
    description: correlationFilter === undefined ? { ...description, sqlFilter: sqlFilter ?? '1=1' } : description,
    matches:
      correlationFilter === undefined
        ? named('sqlFilter', () => compileFilter(sqlFilter ?? '1=1'))
        : named('correlationFilter', () => compileCorrelation(correlationFilter)),
    change:
      sqlAction === undefined
        ? undefined
        : withName(
            name,
            named('sqlAction', () => compileAction(sqlAction)),
          ),
  }
}

/** The rule that takes everything. */
export const defaultRule = (): Rule => compileRule(DEFAULT_NAME, { sqlFilter: '1=1' })

/** The copy that an action makes says which rule it is from. */
const withName = (name: string, change: (message: Message) => Message) => (message: Message) =>
  withApplicationProperties(change(message), [['RuleName', codec.wrap_string(name)]])

function named<Result>(member: string, compile: () => Result): Result {
  try {
    return compile()
  } catch (error) {
    if (error instanceof InvalidRule) throw new InvalidRule(`has a ${member} that ${error.message}`)
    throw error
  }
}
