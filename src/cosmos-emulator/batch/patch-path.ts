import { badRequest } from '../engine/errors.ts'
import type { CosmosError, JsonValue } from '../engine/types.ts'

/** An object or array, within which a path names a member or an index. */
export type Parent = JsonValue[] | { [member: string]: JsonValue }

/**
 * The steps of a path such as `/tags/0` or `/a~1b` (a JSON pointer).
 *
 * @throws CosmosError 400 for what is no path below the root, or leads to a property that the server sets
 */
export function stepsOf(path: unknown): readonly string[] {
  if (typeof path !== 'string' || !path.startsWith('/') || path === '/') {
    throw invalid('check syntax of patch specification.')
  }
  const steps = path
    .slice(1)
    .split('/')
    .map((step) => step.replaceAll('~1', '/').replaceAll('~0', '~'))
  const [first] = steps
  if (steps.length === 1 && ['_rid', '_self', '_etag', '_ts', '_attachments', '_lsn'].includes(first ?? '')) {
    throw invalid(`Cannot patch system property ${path}.`)
  }
  return steps
}

/** What holds the end of a path; undefined when the path breaks off before. */
export function parentAt(root: Parent, steps: readonly string[]): Parent | undefined {
  let parent: JsonValue | undefined = root
  for (const step of steps.slice(0, -1)) parent = valueAt(parent, step)
  return isParent(parent) ? parent : undefined
}

export function valueAt(parent: JsonValue | undefined, step: string): JsonValue | undefined {
  if (!isParent(parent)) return undefined
  if (Array.isArray(parent)) return isIndex(step) ? parent[Number(step)] : undefined
  return Object.hasOwn(parent, step) ? parent[step] : undefined
}

/** Whether a step is the index of an element: digits, without zeros before them. */
export const isIndex = (step: string): boolean => /^(?:0|[1-9]\d*)$/.test(step)

/** The answer to a patch that is not well formed. */
export function invalid(what: string): CosmosError {
  return badRequest(`Invalid patch request: ${what}`)
}

function isParent(value: JsonValue | undefined): value is Parent {
  return typeof value === 'object' && value !== null
}
