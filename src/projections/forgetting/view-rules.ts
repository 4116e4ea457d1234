import { InvalidDefinition } from '../../core/errors/input.ts'
import { isMemberName } from '../../core/events/sealing/assert-members.ts'
import type { PersonalRule } from '../../core/events/sealing/personal-types.ts'
import { assertJson } from '../../core/json/json.ts'

/** What a definition says of how its views forget, as far as it can be checked when it is defined. */
type Forgetting = {
  readonly personal?: unknown
  readonly forgotten?: { readonly key: unknown; readonly fold: unknown } | undefined
  readonly indexes?: readonly string[] | undefined
  readonly merge?: unknown
}

/**
 * The rules for the sealed members of a projection's views; undefined if none are sealed.
 *
 * @throws InvalidDefinition
 */
export function viewRulesOf(
  name: string,
  { personal, forgotten, indexes = [], merge }: Forgetting,
): readonly PersonalRule[] | undefined {
  if (forgotten !== undefined && [forgotten?.key, forgotten?.fold].some((one) => typeof one !== 'function')) {
    refuse(name, 'forgotten needs the functions key and fold')
  }
  if (personal === undefined) return undefined
  if (forgotten !== undefined) refuse(name, 'its views are either sealed (personal) or swept (forgotten)')
  if (merge !== undefined) refuse(name, 'views with merge cannot be sealed: use forgotten')
  const rules = (Array.isArray(personal) ? personal : [personal]) as readonly PersonalRule[]
  if (rules.length === 0) refuse(name, 'personal has no rule')
  const sealed = new Set<string>()
  for (const rule of rules) for (const member of membersOf(name, rule)) addOnce(name, sealed, member)
  const index = indexes.find((path) => sealed.has(firstOf(path)))
  if (index !== undefined) refuse(name, `${index} is sealed, so it cannot be indexed`)
  return rules
}

/** The top-level member that a field path leads into. */
const firstOf = (path: string): string => path.split('.', 1)[0] as string

function membersOf(name: string, rule: PersonalRule): readonly string[] {
  if (typeof rule?.of !== 'function' || typeof rule.fields !== 'object' || rule.fields === null) {
    refuse(name, 'personal needs a function `of` and the members with their stand-ins as `fields`')
  }
  for (const [member, standIn] of Object.entries(rule.fields)) {
    if (!isMemberName(member)) {
      refuse(name, `${JSON.stringify(member)} is not a top-level member of its views`)
    }
    try {
      assertJson(standIn)
    } catch (cause) {
      throw new InvalidDefinition(`Projection ${name}: the stand-in for ${member} is not JSON`, { cause })
    }
  }
  return Object.keys(rule.fields)
}

function addOnce(name: string, sealed: Set<string>, member: string): void {
  if (sealed.has(member)) refuse(name, `${member} cannot be sealed for two people`)
  sealed.add(member)
}

function refuse(name: string, reason: string): never {
  throw new InvalidDefinition(`Projection ${name}: ${reason}`)
}
