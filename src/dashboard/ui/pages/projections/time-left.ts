import type { ProjectionRow } from '../../../contract/topics.ts'
import { formatDuration } from '../../parts/format.ts'

/** When a version will have caught up, in words. */
export function timeLeft({ behind, left, rate }: Pick<ProjectionRow, 'behind' | 'left' | 'rate'>): string {
  if (behind === 0) return 'caught up'
  if (left !== null) return formatDuration(left)
  return rate !== null && rate <= 0 ? 'not at this rate' : 'unknown'
}
