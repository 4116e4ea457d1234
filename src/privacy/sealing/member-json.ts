import { copyPersonalJson } from '../../core/json/copy-personal-json.ts'
import { copyJson, type Json, type JsonObject } from '../../core/json/json.ts'
import { MOST_LEVELS } from '../../core/json/json-faults.ts'

/**
 * The value of a member as JSON. It is checked before it is sealed, because an append checks only what is stored in
 * clear: what JSON cannot represent would be lost, or could not be opened again.
 *
 * @throws NotJson
 */
export function memberJson(data: JsonObject, name: string, { isPersonal }: { readonly isPersonal: boolean }): Json {
  const copy = isPersonal ? copyPersonalJson : copyJson
  return copy(data[name], `eventData.${name}`, MOST_LEVELS - 1)
}
