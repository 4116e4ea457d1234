import { hasControlCharacter } from '../json/control-characters.ts'
import { isReservedType } from '../port/event-document.ts'

const MOST = 200

/** Why a text cannot be the type of an event, or undefined if it can: the rule that it breaks. */
export function eventTypeFault(type: string): string | undefined {
  const isValid =
    type !== '' && type.length <= MOST && type.isWellFormed() && !isReservedType(type) && !hasControlCharacter(type)
  return isValid ? undefined : `use 1 to ${MOST} characters, not beginning with $, without control characters`
}
