import type { ReadonlySignal } from '@preact/signals'
import type { ProjectionRangeRow } from '../../../contract/topics.ts'
import { topic } from '../../live/topics.ts'
import { orderedKeys } from '../../parts/rows/ordered-keys.ts'
import { urgencyOf } from '../../parts/rows/range-state.ts'

type Version = { readonly projection: string; readonly version: number }

const kept = new Map<string, ReadonlySignal<readonly string[]>>()

/** The keys of a version's ranges in the order of the hash space. */
export const keysOfRanges = (version: Version): ReadonlySignal<readonly string[]> => keysIn('space', version, inSpace)

/** The same, those first that need a person. */
export const urgentRanges = (version: Version): ReadonlySignal<readonly string[]> =>
  keysIn('urgency', version, (a, b) => urgencyOf(a.state) - urgencyOf(b.state) || inSpace(a, b))

function keysIn(order: string, { projection, version }: Version, compare: Compare): ReadonlySignal<readonly string[]> {
  const prefix = `${projection}:${version} `
  const name = `${order} ${prefix}`
  const found = kept.get(name) ?? orderedKeys(topic('ranges'), { accepts: (key) => key.startsWith(prefix), compare })
  kept.set(name, found)
  return found
}

type Compare = (a: ProjectionRangeRow, b: ProjectionRangeRow) => number

/** Bounds are hexadecimal and compared as texts; the start of the space is written as 0. */
function inSpace({ range: a }: ProjectionRangeRow, { range: b }: ProjectionRangeRow): number {
  return a < b ? -1 : a > b ? 1 : 0
}
