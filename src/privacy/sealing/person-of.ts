import { InvalidDefinition } from '../../core/errors/input.ts'
import type { PersonalRule } from '../../core/events/sealing/personal-types.ts'
import type { JsonObject } from '../../core/json/json.ts'
import { assertPersonId } from '../vault/people/person-id.ts'

/** The personal members that some data has, and whose they are. */
export type PersonalMembers = { readonly person: string; readonly members: readonly string[] }

/**
 * What of the data a rule makes personal; undefined if that is nothing, or the data concerns no person.
 *
 * @param what for messages: `Event type MemberRegistered`
 * @throws InvalidPersonId; InvalidDefinition if the rule's function throws. Its error is not kept, since it may contain
 *   what is personal
 */
export function personalMembers(
  what: string,
  { of, fields }: PersonalRule,
  data: JsonObject,
): PersonalMembers | undefined {
  const members = Object.keys(fields).filter((name) => Object.hasOwn(data, name) && data[name] !== undefined)
  if (members.length === 0) return undefined
  const person = personOf(what, of, data)
  if (person === null || person === undefined) return undefined
  assertPersonId(person)
  return { person, members: members.sort() }
}

function personOf(what: string, of: PersonalRule['of'], data: JsonObject): unknown {
  try {
    return of(data)
  } catch (error) {
    const name = error instanceof Error ? error.name : typeof error
    throw new InvalidDefinition(`${what}: the function \`of\` of its personal members threw ${name}`)
  }
}
