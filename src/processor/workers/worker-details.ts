import { isJsonObject } from '../../core/json/json.ts'
import type { LeaseDocument } from '../../core/port/lease-store.ts'
import type { WorkerLoad } from './worker-load.ts'

/** What a worker tells others about its process. Older releases tell nothing, which is null here. */
export type WorkerDetails = {
  /** The name of the machine. */
  readonly host: string | null
  /** The process on that machine. */
  readonly pid: number | null
  /** What the application calls its release; see the processor's option. */
  readonly release: string | null
  /** When the worker started: ISO 8601 in UTC. */
  readonly startedAt: string | null
  /** When it last renewed its document, by its own clock: ISO 8601 in UTC; null once it has left. */
  readonly renewedAt: string | null
  /** How busy its process was before that; null until it renews for the first time. */
  readonly load: WorkerLoad | null
}

/** The members of a worker's document that describe its process. */
export type ToldDetails = Omit<WorkerDetails, 'renewedAt'>

/** Reads the details from a worker's document, whichever release wrote it. */
export function detailsIn(document: Partial<LeaseDocument> = {}): WorkerDetails {
  const { host, pid, release, startedAt, load, expiresAt = 0, duration } = document
  return {
    host: textOf(host),
    pid: numberOf(pid),
    release: textOf(release),
    startedAt: textOf(startedAt),
    renewedAt: expiresAt > 0 && typeof duration === 'number' ? new Date(expiresAt - duration).toISOString() : null,
    load: loadIn(load),
  }
}

function loadIn(value: LeaseDocument[string]): WorkerLoad | null {
  if (!isJsonObject(value)) return null
  const [cpu, delay, over] = [value.cpu, value.delay, value.over].map(numberOf)
  return cpu == null || delay == null || over == null ? null : { cpu, delay, over }
}

const textOf = (value: unknown): string | null => (typeof value === 'string' ? value : null)

const numberOf = (value: unknown): number | null => (typeof value === 'number' ? value : null)
