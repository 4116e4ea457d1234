import { NotJson } from '../../core/errors/input.ts'
import { copyJson, type Json, type JsonObject } from '../../core/json/json.ts'
import { MOST_LEVELS } from '../../core/json/json-faults.ts'

/**
 * The value of a member as JSON. It is checked before it is sealed, because an append checks only what is stored in
 * clear: what JSON cannot represent would be lost, or could not be opened again.
 *
 * @throws NotJson; for a personal member it does not say what is wrong, nor where in the value, which may be personal
 */
export function memberJson(data: JsonObject, name: string, { isPersonal }: { readonly isPersonal: boolean }): Json {
  const path = `eventData.${name}`
  try {
    return copyJson(data[name], path, MOST_LEVELS - 1)
  } catch (error) {
    if (!isPersonal || !(error instanceof NotJson)) throw error
    throw new NotJson(path, 'a value that JSON cannot represent (it is withheld, since it may be personal)')
  }
}
