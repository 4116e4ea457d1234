import { builtin } from '../../core/builtin-modules.ts'
import { type Clock, systemClock } from '../../core/clock.ts'
import type { StoragePort } from '../../core/port/storage.ts'
import { ownDetails } from '../../processor/workers/own-details.ts'
import type { InstanceKind, InstanceReport, TotalName } from '../model/instance-report.ts'
import { type InstanceMeter, instanceMeter } from './instance-meter.ts'
import { saveReport } from './stored-reports.ts'

/** How a process reports itself. */
export type ReportOptions = {
  readonly kind: InstanceKind
  /** What it belongs to: availability is shown for each service. */
  readonly service: string
  /** Unique among running processes; by default host, pid and a random text. */
  readonly id?: string
  readonly release?: string | undefined
  /** Milliseconds between two reports; default 5,000. */
  readonly every?: number
  /** What sums; by default a new one. */
  readonly meter?: InstanceMeter
  readonly clock?: Clock
}

/** A process that reports itself. */
export type ReportedInstance = Pick<InstanceMeter, 'telemetry'> & {
  readonly id: string
  /** Saves a last report, which says that the process stopped in good order. */
  close(): Promise<void>
}

const EVERY = 5_000

// A storage that does not respond must not hold up the process when it stops: milliseconds.
const LAST_WITHIN = 2_000

/** What a kind of process reports from the beginning, so that nothing of it is 0 and not unknown. */
const REPORTED: { readonly [kind: string]: readonly TotalName[] } = {
  worker: ['folded', 'saves', 'viewConflicts', 'leasesLost'],
  api: ['appended', 'appends', 'appendConflicts', 'requests', 'failedRequests'],
}

/**
 * Reports this process every few seconds, until it is closed: what it is, how busy it is, and what it has done. A
 * process that watches the storage sees it, without a connection to this one. A storage that fails or hangs does not disturb the
 * process; the next report says the same and more.
 */
export function reportInstance(
  storage: Pick<StoragePort, 'viewStore' | 'incarnation'>,
  options: ReportOptions,
): ReportedInstance {
  const { kind, service, release, every = EVERY, meter = instanceMeter(), clock = systemClock } = options
  const id = options.id ?? ownId()
  const details = ownDetails(clock, release ?? null)
  const zeros = Object.fromEntries((REPORTED[kind] ?? []).map((name) => [name, 0]))
  const stopping = new AbortController()
  let latest: Promise<void> = Promise.resolve()
  let etag: string | undefined

  async function report(stopped: boolean): Promise<void> {
    const { load, host, pid, startedAt } = details.read()
    const { totals, durations } = await meter.read()
    const at = new Date(clock.now()).toISOString()
    const document: InstanceReport = {
      id,
      kind,
      service,
      host: host ?? '',
      pid: pid ?? 0,
      release: release ?? null,
      startedAt: startedAt ?? at,
      reportedAt: at,
      every,
      stoppedAt: stopped ? at : null,
      load,
      memory: process.memoryUsage.rss(),
      totals: { ...zeros, ...totals },
      durations,
    }
    etag = await saveReport(storage, document, etag)
  }

  async function repeat(): Promise<void> {
    while (!stopping.signal.aborted) {
      latest = report(false).catch(() => {})
      await latest
      await clock.sleep(every, stopping.signal)
    }
  }

  repeat()
  return {
    id,
    telemetry: meter.telemetry,
    async close() {
      if (stopping.signal.aborted) return
      stopping.abort()
      const last = latest.then(() => report(true)).catch(() => {})
      const done = new AbortController()
      await Promise.race([last, clock.sleep(LAST_WITHIN, done.signal)])
      done.abort()
      details.stop()
    },
  }
}

const ownId = (): string =>
  `${builtin.os().hostname().slice(0, 100)}:${process.pid}:${crypto.randomUUID().slice(0, 8)}`.replace(/[/\\?#]/g, '-')
