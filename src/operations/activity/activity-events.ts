import { defineEvents } from '../../core/events/define-events.ts'
import type { OperatorAct } from '../model/activity.ts'
import type { InstanceKind } from '../model/instance-report.ts'
import { asWritten } from '../store/as-written.ts'

type At = {
  /** When it happened: ISO 8601 in UTC. */
  readonly at: string
}

/** Which process something happened to. */
export type InstanceRef = {
  readonly id: string
  readonly kind: InstanceKind
  readonly service: string
  readonly host: string | null
  /** Which of the runs under this id: ISO 8601 in UTC, or empty if it does not tell. */
  readonly startedAt: string
}

export type VersionRef = { readonly projection: string; readonly version: number }

const instanceTypes = {
  /** It started, or is back after it was lost. */
  InstanceStarted: asWritten<At & InstanceRef & { readonly release: string | null; readonly back: boolean }>(),
  /** It stopped in good order. */
  InstanceStopped: asWritten<At & InstanceRef>(),
  /** Its lease or its reports ended without its having stopped. */
  InstanceLost: asWritten<At & InstanceRef>(),
} as const

const serviceTypes = {
  ServiceUpdated: asWritten<At & { readonly service: string; readonly from: string | null; readonly to: string }>(),
  VersionActivated: asWritten<At & VersionRef>(),
  RebuildStarted: asWritten<At & VersionRef>(),
  RebuildFinished: asWritten<At & VersionRef>(),
} as const

const operatorTypes = { OperatorActed: asWritten<At & OperatorAct>() } as const

const gapTypes = {
  /** Nothing was evaluated for a while, or so many changes were lost because they could not be stored. */
  EvaluationGap: asWritten<At & { readonly from: string; readonly to: string; readonly lost: number }>(),
} as const

/** Seconds in which each service was up or down, in one minute. */
export type MinuteWatched = At & {
  readonly services: readonly { readonly service: string; readonly up: number; readonly down: number }[]
}

/** In streams `instance:<id>`. */
export const instanceEvents = defineEvents(instanceTypes)

/** In streams `service:<name>`, of a service or of a projection. */
export const serviceEvents = defineEvents(serviceTypes)

/** In streams `operator:<yyyy-mm>`. */
export const operatorEvents = defineEvents(operatorTypes)

/** In streams `watch:<yyyy-mm-dd>`. */
export const watchEvents = defineEvents({ ...gapTypes, MinuteWatched: asWritten<MinuteWatched>() })

/** Whatever is shown as activity. */
export const activityEvents = defineEvents({ ...instanceTypes, ...serviceTypes, ...operatorTypes, ...gapTypes })
