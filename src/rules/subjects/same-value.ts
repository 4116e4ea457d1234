import { canonicalJson } from '../../core/json/canonical-json.ts'
import type { Json } from '../../core/json/json.ts'

/** Whether two values of a property are the same JSON, or both are none. */
export const isSameValue = (a: Json | undefined, b: Json | undefined): boolean =>
  a === b || (a !== undefined && b !== undefined && canonicalJson(a) === canonicalJson(b))
