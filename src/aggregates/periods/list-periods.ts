import { CLAIM_LAPSED } from '../../core/port/event-document.ts'
import type { RepositoryStorage } from '../state/context.ts'
import { type PeriodStreams, parseOpened } from './period-events.ts'

/** An entry of the list of periods. */
export type ListedPeriod = {
  readonly period: string
  /** When it was listed, in milliseconds since 1970. */
  readonly listedAt: number
}

/** The periods of an aggregate, the oldest first; one that a crash left unlisted is missing. */
export async function listPeriods({ events }: RepositoryStorage, { root }: PeriodStreams): Promise<ListedPeriod[]> {
  const listed: ListedPeriod[] = []
  for await (const entry of events.read(root)) {
    if (entry.eventType === CLAIM_LAPSED) continue
    listed.push({ period: parseOpened(entry).period, listedAt: Date.parse(entry.metadata.recordedAt) })
  }
  return listed
}
