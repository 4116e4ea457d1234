import { ignoreRejection } from '../core/async/callbacks.ts'
import type { Clock } from '../core/clock.ts'
import { openStorage } from '../open/open-storage.ts'
import { reportInstance } from '../operations/instances/report-instance.ts'
import { parseDestination } from '../operations/notify/destination.ts'
import { openOperations } from '../operations/open-operations.ts'
import { defaultOps } from './default-ops.ts'
import { createFolding } from './folding/create-folding.ts'
import { isGroup } from './live/topics/projections.ts'
import type { DashboardOptions } from './options.ts'
import type { Foldable } from './server/folding.ts'
import type { Opened } from './server/serve-dashboard.ts'

/** What a dashboard has opened, and how it is closed. */
export type OpenedParts = Opened & { close(): Promise<void> }

/** Opens the storage, the operations and the thread of a dashboard. @throws InvalidConfiguration; what the adapter throws */
export async function openParts(options: DashboardOptions, clock: Clock): Promise<OpenedParts> {
  const { storage: url, projections, aggregates, payloads = 'full', opening = {}, every, link } = options
  const setting = opening.setting ?? 'storage'
  const notify = (options.notify ?? []).map((text) => parseDestination(text))
  const ends: (() => Promise<unknown>)[] = []
  const close = async () => {
    for (const end of ends.splice(0).reverse()) await end()
  }
  try {
    const storage = await openStorage(url, { mustExist: true, ...opening, setting })
    ends.push(() => storage.close())
    const opsUrl = options.ops ?? defaultOps(url, setting)
    const store = await openStorage(opsUrl, { setting: 'ops' })
    ends.push(() => store.close())
    const instance = reportInstance(storage, { kind: 'dashboard', service: 'dashboard', clock })
    ends.push(() => instance.close())
    const operations = await openOperations({
      ...{ storage, store, notify, clock, own: instance.id },
      kind: kindOf(url),
      storeKind: kindOf(opsUrl),
      ...(every !== undefined && { every }),
      ...(link !== undefined && { link }),
      ...(options.label !== undefined && { service: options.label }),
    })
    ends.push(() => operations.close())
    const folding = createFolding({ url, setting, projections, aggregates, payloads })
    ends.push(async () => folding[Symbol.asyncDispose]())
    let loaded: readonly Foldable[] = []
    if (projections !== undefined || aggregates !== undefined) {
      ignoreRejection(
        folding.loaded().then((found) => {
          loaded = found
        }),
      )
    }
    const groups = () => operations.snapshot()?.versions?.some(({ projection }) => isGroup(projection)) ?? false
    return {
      ...{ storage, operations, folding, payloads, clock, close },
      loaded: () => loaded,
      pages: () => ({ integrity: false, privacy: false, rules: false, groups: groups() }),
    }
  } catch (error) {
    await close().catch(() => {})
    throw error
  }
}

/** What a URL begins with, without address and secrets. */
const kindOf = (url: string): string => url.slice(0, Math.max(0, url.indexOf(':'))).toLowerCase()
