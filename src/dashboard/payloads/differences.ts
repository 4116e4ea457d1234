import type { Json, JsonObject } from '../../core/json/json.ts'
import { isJsonObject } from '../../core/json/json.ts'

/**
 * A difference between two JSON values. `path` is a JSON pointer (RFC 6901). Applied in order, as JSON Patch (RFC 6902)
 * does, they turn one value into the other.
 */
export type Difference =
  | { readonly op: 'add'; readonly path: string; readonly after: Json }
  | { readonly op: 'remove'; readonly path: string; readonly before: Json }
  | { readonly op: 'change'; readonly path: string; readonly before: Json; readonly after: Json }

/** Differences, and how many more there are. */
export type Differences = { readonly found: readonly Difference[]; readonly more: number }

/**
 * Compares two JSON values: objects by their members in any order, arrays by index.
 *
 * @param most how many differences are returned; the rest is counted
 */
export function differences(before: Json, after: Json, most: number): Differences {
  const found: Difference[] = []
  let more = 0

  function note(difference: Difference): void {
    if (found.length < most) found.push(difference)
    else more++
  }

  function compare(a: Json, b: Json, path: string): void {
    if (a === b) return
    if (Array.isArray(a) && Array.isArray(b)) compareArrays(a, b, path)
    else if (isJsonObject(a) && isJsonObject(b)) compareObjects(a, b, path)
    else note({ op: 'change', path, before: a, after: b })
  }

  function compareArrays(a: readonly Json[], b: readonly Json[], path: string): void {
    const both = Math.min(a.length, b.length)
    for (let i = 0; i < both; i++) compare(a[i] as Json, b[i] as Json, `${path}/${i}`)
    for (let i = both; i < b.length; i++) note({ op: 'add', path: `${path}/${i}`, after: b[i] as Json })
    for (let i = a.length - 1; i >= both; i--) note({ op: 'remove', path: `${path}/${i}`, before: a[i] as Json })
  }

  function compareObjects(a: JsonObject, b: JsonObject, path: string): void {
    for (const name of Object.keys(a)) {
      const [was, is] = [a[name], memberOf(b, name)]
      const at = `${path}/${pointerToken(name)}`
      if (was === undefined) continue
      if (is === undefined) note({ op: 'remove', path: at, before: was })
      else compare(was, is, at)
    }
    for (const name of Object.keys(b)) {
      const is = b[name]
      if (is === undefined || memberOf(a, name) !== undefined) continue
      note({ op: 'add', path: `${path}/${pointerToken(name)}`, after: is })
    }
  }

  compare(before, after, '')
  return { found, more }
}

const memberOf = (object: JsonObject, name: string): Json | undefined =>
  Object.hasOwn(object, name) ? object[name] : undefined

const pointerToken = (name: string): string => name.replaceAll('~', '~0').replaceAll('/', '~1')
