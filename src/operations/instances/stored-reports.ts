import type { Clock } from '../../core/clock.ts'
import type { JsonObject } from '../../core/json/json.ts'
import type { Stored } from '../../core/port/save.ts'
import type { StoragePort } from '../../core/port/storage.ts'
import { type ViewDocument, type ViewRef, viewId } from '../../core/port/view-store.ts'
import type { InstanceReport } from '../model/instance-report.ts'

/**
 * The reserved projection under which each process keeps its latest report: one view document for each, with the
 * process's id as key and an {@link InstanceReport} as data. No projection can take this name.
 */
const INSTANCES = '$instances'

// For how many milliseconds the last report of a process is kept that stopped in good order, or went silent.
const HOUR = 60 * 60 * 1_000
const KEPT_FOR = { stopped: HOUR, silent: 24 * HOUR }

const PAGE = 1_000

// Removals in one call: each is a call of the storage of its own.
const MOST_REMOVED = 20

const refOf = (id: string): ViewRef => ({ projection: INSTANCES, version: 1, key: id })

/**
 * Saves the latest report of a process over the one before.
 *
 * @param known the ETag of the one before, if this process has saved it
 * @returns the new ETag
 * @throws InvalidViewKey if its id cannot be the key of a view; what the view store throws
 */
export async function saveReport(
  { viewStore, incarnation }: Pick<StoragePort, 'viewStore' | 'incarnation'>,
  report: InstanceReport,
  known: string | undefined,
): Promise<string> {
  const ref = refOf(report.id)
  const document = { ...ref, id: viewId(ref), data: report as unknown as JsonObject, incarnation, tidemarks: [] }
  for (let etag = known; ; etag = (await viewStore.get(ref))?.etag) {
    const result = await viewStore.save(document, etag === undefined ? 'ifAbsent' : { ifMatch: etag })
    if (result.saved) return result.etag
  }
}

/**
 * The latest report of each process, those that stopped in the last hour or went silent in the last day included. Older
 * ones are removed.
 *
 * @throws what the view store throws
 */
export async function readInstances(
  { viewStore }: Pick<StoragePort, 'viewStore'>,
  clock: Pick<Clock, 'now'>,
): Promise<InstanceReport[]> {
  const found: Stored<ViewDocument>[] = []
  for (let after: string | undefined; ; ) {
    const page = await viewStore.query({ projection: INSTANCES, version: 1, limit: PAGE, ...(after && { after }) })
    found.push(...page.views)
    after = page.next
    if (after === undefined) break
  }
  const isOld = ({ document: { data } }: Stored<ViewDocument>) => {
    const keptFor = typeof data?.stoppedAt === 'string' ? KEPT_FOR.stopped : KEPT_FOR.silent
    return !(clock.now() - Date.parse(String(data?.reportedAt)) <= keptFor)
  }
  const { old = [], kept = [] } = Object.groupBy(found, (one) => (isOld(one) ? 'old' : 'kept'))
  for (const { document, etag } of old.slice(0, MOST_REMOVED)) {
    await viewStore.remove(refOf(document.key), etag).catch(() => {})
  }
  return kept.map(({ document }) => document.data as unknown as InstanceReport)
}
