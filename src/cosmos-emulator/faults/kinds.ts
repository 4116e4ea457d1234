import type { CosmosRequest } from '../protocol/message.ts'
import type { Fault } from './fault.ts'

/** A fault, and when it occurs: before the request is handled, so that it had no effect, or after. */
export type KnownFault = {
  readonly at: readonly ('before' | 'after')[]
  /** Which requests it can affect; by default all. */
  readonly strikes?: (request: CosmosRequest) => boolean
  /** @param milliseconds to wait, or to ask the client to wait */
  fault(milliseconds: number): Fault
}

const isProcedureRun = ({ method, path }: CosmosRequest): boolean =>
  method === 'POST' && /\/sprocs\/[^/]+\/?$/.test(path)

/** A stored procedure is refused one of its first calls, up to this many. */
const FIRST_CALLS = 4

/** The faults of a request, by name. */
export const KNOWN_FAULTS = {
  /** 429: more was asked for than the throughput allows. */
  throttled: {
    at: ['before'],
    fault: (retryAfter) => ({ answer: { status: 429, substatus: 3200, code: 'TooManyRequests', retryAfter } }),
  },
  /** 449: another write of the same document was in progress. */
  retryWith: { at: ['before'], fault: () => ({ answer: { status: 449, code: 'RetryWith' } }) },
  /** 408: it took too long, and its outcome is unknown. */
  timeout: { at: ['before', 'after'], fault: () => ({ answer: { status: 408, code: 'RequestTimeout' } }) },
  /** 410: the server says that the partition that the client named no longer exists. */
  gone: { at: ['before'], fault: () => ({ answer: { status: 410, substatus: 1002, code: 'Gone' } }) },
  /** 503: the service is unavailable, and the outcome is unknown. */
  unavailable: { at: ['before', 'after'], fault: () => ({ answer: { status: 503, code: 'ServiceUnavailable' } }) },
  /** The request, or its response, is delayed. */
  late: { at: ['before', 'after'], fault: (delay) => ({ delay }) },
  /** The connection breaks on the way there, before anything was committed. */
  cutBefore: { at: ['before'], fault: () => ({ cut: true }) },
  /** The connection breaks on the way back, after the commit. */
  cutAfter: { at: ['after'], fault: () => ({ cut: true }) },
  /** A stored procedure has used up its limits: one of its calls returns false. */
  scriptRefused: {
    at: ['before'],
    strikes: isProcedureRun,
    fault: (number) => ({ refusesCall: number % FIRST_CALLS }),
  },
  /** 403: a stored procedure is blocked, as after it repeatedly exceeded its limits. */
  scriptBlocked: {
    at: ['before'],
    strikes: isProcedureRun,
    fault: () => ({ answer: { status: 403, code: 'Forbidden' } }),
  },
  /** 410: the partition is about to be split. */
  splitting: { at: ['before'], fault: () => ({ answer: { status: 410, substatus: 1007, code: 'Gone' } }) },
  /** 410: the partition moves to another machine. */
  migrating: { at: ['before'], fault: () => ({ answer: { status: 410, substatus: 1008, code: 'Gone' } }) },
} as const satisfies Readonly<Record<string, KnownFault>>

/** The name of a fault. */
export type FaultKind = keyof typeof KNOWN_FAULTS

/** All of them. */
export const FAULT_KINDS = Object.keys(KNOWN_FAULTS) as readonly FaultKind[]

/** Those that seeds choose from by default. */
export const USUAL_FAULT_KINDS: readonly FaultKind[] = FAULT_KINDS.filter(
  (kind) => !['scriptRefused', 'scriptBlocked', 'splitting', 'migrating'].includes(kind),
)
