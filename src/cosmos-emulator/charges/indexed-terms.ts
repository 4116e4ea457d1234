import type { JsonValue } from '../engine/types.ts'
import { type IndexingPolicy, isIndexed } from '../query/indexing.ts'

type Path = readonly (string | number)[]

/** Whether paths are indexed, by policy, cached because the same few paths are used again and again. */
const known = new WeakMap<IndexingPolicy, Map<string, boolean>>()

/**
 * The index terms of a document: each scalar that the policy includes, with its path. Fields of the server are left
 * out.
 */
export function indexedTerms(item: Readonly<Record<string, JsonValue>>, policy: IndexingPolicy): Set<string> {
  const terms = new Set<string>()
  const visit = (value: JsonValue | undefined, path: Path) => {
    if (typeof value === 'object' && value !== null) {
      const entries = Array.isArray(value) ? value.entries() : Object.entries(value)
      for (const [name, member] of entries) visit(member, [...path, name])
    } else if (includes(policy, path)) terms.add(`${termPath(path)}=${JSON.stringify(value)}`)
  }
  for (const [name, value] of Object.entries(item)) {
    if (name !== 'id' && !name.startsWith('_')) visit(value, [name])
  }
  return terms
}

function includes(policy: IndexingPolicy, path: Path): boolean {
  const answers = known.get(policy) ?? new Map<string, boolean>()
  known.set(policy, answers)
  const key = termPath(path)
  const answer = answers.get(key) ?? isIndexed(path, policy)
  answers.set(key, answer)
  return answer
}

/** Elements of an array are distinguished only by their values. */
function termPath(path: Path): string {
  return path.map((name) => (typeof name === 'number' ? '[]' : name)).join('/')
}
