import type { ProjectionRow } from '../../../contract/topics.ts'
import { formatDuration } from '../../parts/format.ts'

/** When a version will have caught up, in words. There is no estimate while its lag does not fall. */
export function timeLeft({ behind, left }: Pick<ProjectionRow, 'behind' | 'left'>): string {
  if (behind === null) return 'unknown'
  if (behind === 0) return 'caught up'
  return left === null ? 'no estimate' : formatDuration(left)
}
