import type { FoldItem } from '../../projections/fold-item.ts'
import type { Projection } from '../../projections/projection.ts'
import { attributesOf, type PageContext } from './page-context.ts'

/**
 * Measures, once for each page, how long its oldest event took from being recorded until now that its views are saved.
 * Events that are older than the version are not measured: building views of the past is no delay.
 */
export function measureDelay(
  { telemetry, clock, sinceOf }: Pick<PageContext, 'telemetry' | 'clock' | 'sinceOf'>,
  projection: Projection,
  byKey: ReadonlyMap<string, readonly FoldItem[]>,
): void {
  let oldest: string | undefined
  for (const [first] of byKey.values()) {
    const recordedAt = first?.event.metadata.recordedAt
    if (recordedAt !== undefined && (oldest === undefined || recordedAt < oldest)) oldest = recordedAt
  }
  const since = sinceOf?.(projection)
  if (oldest === undefined || (since !== undefined && oldest < since)) return
  const seconds = Math.max(0, clock.now() - Date.parse(oldest)) / 1_000
  telemetry.record('tidemark.projection.delay', seconds, attributesOf(projection))
}
