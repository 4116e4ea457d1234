import { ignoreRejection } from '../core/async/callbacks.ts'
import type { Clock } from '../core/clock.ts'
import { InvalidConfiguration } from '../core/errors/input.ts'
import { openStorage } from '../open/open-storage.ts'
import { cadenceOf } from '../operations/cadence.ts'
import { instanceMeter } from '../operations/instances/instance-meter.ts'
import { reportInstance } from '../operations/instances/report-instance.ts'
import { parseDestination } from '../operations/notify/destination.ts'
import { openReopeningOperations } from '../operations/reopening-operations.ts'
import type { Storage } from '../views/with-views.ts'
import { defaultOps } from './default-ops.ts'
import { createFolding } from './folding/create-folding.ts'
import { isGroup } from './live/topics/projections.ts'
import { optionalParts } from './optional-parts.ts'
import type { DashboardOptions } from './options.ts'
import type { Foldable } from './server/folding.ts'
import type { Opened } from './server/serve-dashboard.ts'

/** What a dashboard has opened, and how it is closed. */
export type OpenedParts = Opened & { close(): Promise<void> }

/**
 * Opens the storage, the operations and the thread of a dashboard.
 *
 * @throws InvalidConfiguration, also if the storage of operations is the watched one; what the adapter throws
 */
export async function openParts(
  options: DashboardOptions,
  clock: Clock,
  onError: (error: unknown) => void,
): Promise<OpenedParts> {
  const { storage: url, projections, aggregates, payloads = 'full', opening = {}, link, report = true } = options
  const setting = opening.setting ?? 'storage'
  const notify = (options.notify ?? []).map((text) => parseDestination(text))
  const ends: (() => Promise<unknown>)[] = []
  const close = async () => {
    for (const end of ends.splice(0).reverse()) await end()
  }
  try {
    const meter = instanceMeter(opening.telemetry)
    const storage = await openStorage(url, { mustExist: true, ...opening, setting, telemetry: meter.telemetry })
    ends.push(() => storage.close())
    const opsUrl = options.ops ?? defaultOps(url, setting)
    const openStore = () => openOps(opsUrl, storage)
    const kind = kindOf(url)
    const every = cadenceOf(kind).reports
    const instance = report && reportInstance(storage, { ...DASHBOARD, every, meter, clock })
    if (instance) ends.push(() => instance.close())
    const operations = await openReopeningOperations({
      ...{ storage, openStore, notify, clock, kind, onError },
      ...(instance && { own: instance.id }),
      storeKind: kindOf(opsUrl),
      judging: {
        ...(options.thresholds !== undefined && { thresholds: options.thresholds }),
        ...(options.unownedAfter !== undefined && { unownedAfter: options.unownedAfter }),
      },
      ...(options.every !== undefined && { every: options.every }),
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
    const optional = optionalParts(storage, options, clock, ends)
    optional.hasVault()
    const groups = () => operations.snapshot()?.versions?.some(({ projection }) => isGroup(projection, loaded)) ?? false
    return {
      ...{ storage, operations, folding, payloads, clock, close },
      loaded: () => loaded,
      optional,
      pages: () => ({
        integrity: optional.chain !== undefined,
        privacy: optional.hasVault(),
        rules: loaded.some(({ rule }) => rule !== undefined),
        groups: groups(),
      }),
    }
  } catch (error) {
    await close().catch(() => {})
    throw error
  }
}

async function openOps(url: string, watched: Storage): Promise<Storage> {
  const store = await openStorage(url, { setting: 'ops' })
  if (store.incarnation !== watched.incarnation) return store
  await store.close()
  throw new InvalidConfiguration('ops', 'is the storage that is watched, whose log must not hold what watches it')
}

const DASHBOARD = { kind: 'dashboard', service: 'dashboard' } as const

/** What a URL begins with, without address and secrets. */
const kindOf = (url: string): string => url.slice(0, Math.max(0, url.indexOf(':'))).toLowerCase()
