import type { JsonValue } from '../engine/types.ts'
import { type IndexingPolicy, isIndexed } from '../query/indexing.ts'

type Path = readonly (string | number)[]

/** Whether paths are indexed, by policy: of each, the same few are asked for again and again. */
const known = new WeakMap<IndexingPolicy, Map<string, boolean>>()

/** What a document has in the index: each scalar that the policy includes, with its path. Fields of the server are left out. */
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

/** Elements of an array are told apart by their values only. */
function termPath(path: Path): string {
  return path.map((name) => (typeof name === 'number' ? '[]' : name)).join('/')
}
