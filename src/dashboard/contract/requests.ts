import type { Activity } from '../../operations/model/activity.ts'
import type { Incident } from '../../operations/model/incident.ts'
import type { Fault } from '../../operations/model/snapshot.ts'
import type { ParkedRow } from './topics.ts'

// What is asked for over HTTP, under `/api`. All lists have cursors and no totals. Payloads are cut at 64 kB, and
// numbers beyond 2^53 are texts. Each POST is JSON, from the same origin, by an operator, and recorded.

/** `GET metrics?series=a,b&from=<ms>&step=<seconds>`: one array per series, null where unknown. */
export type MetricsAnswer = {
  /** Milliseconds since 1970, and seconds: `from + i * step * 1000`. */
  readonly from: number
  readonly step: number
  readonly series: {
    readonly [name: string]: {
      readonly average: readonly (number | null)[]
      readonly maximum: readonly (number | null)[]
    }
  }
}

/** `GET activity?before=<id>` */
export type ActivityAnswer = { readonly activity: readonly Activity[]; readonly next: string | null }

/** `GET incidents?before=<id>` and `GET incidents/<id>` */
export type IncidentsAnswer = {
  readonly incidents: readonly Omit<Incident, 'timeline'>[]
  readonly next: string | null
}
export type IncidentAnswer = Incident & {
  /** What to do, by alert. */
  readonly runbooks: readonly {
    readonly rule: string
    readonly title: string
    readonly steps: readonly string[]
    readonly href: string
  }[]
  /** The charts of that time. */
  readonly series: readonly string[]
}

/** `POST incidents/<id>/ack`, `/note`, `/resolve` */
export type NoteRequest = { readonly note: string }

/** The answer to what has nothing to tell but that it is done. */
export type DoneAnswer = { readonly done: true }

/** `POST silences`, and `POST silences/<id>/end` */
export type SilenceRequest = {
  readonly matchers: { readonly rule?: string; readonly subject?: string; readonly severity?: 'critical' | 'warning' }
  readonly minutes: number
  readonly reason: string
}
export type SilenceAnswer = { readonly id: string }

/** `GET parked?projection=&version=&after=&limit=`: like the topic, further pages; `next` is the next `after`. */
export type ParkedListAnswer = { readonly parked: readonly ParkedRow[]; readonly next: string | null }

/** `GET parked/<projection>/<version>/<key>` */
export type ParkedAnswer = {
  readonly projection: string
  readonly version: number
  readonly key: string
  readonly since: string
  readonly attempts: number
  readonly error: Fault
  readonly event: {
    readonly streamId: string
    readonly version: number
    readonly type: string | null
    readonly erased: boolean
  }
  /** The data of that event. */
  readonly document: Payload | null
  /** Null if there is none, or if it may contain personal data in clear. */
  readonly view: Payload | null
  readonly waiting: readonly { readonly streamId: string; readonly version: number }[]
  readonly moreWaiting: boolean
}

/** JSON that is shown: cut, masked or whole. */
export type Payload = {
  /** Pretty text of the JSON, or of its keys only, or empty. */
  readonly text: string
  readonly bytes: number
  readonly cut: boolean
  readonly masked: boolean
}

/** `POST parked/<projection>/<version>/<key>/replay` `{dryRun}` and `/drop` `{all, confirm}`: `confirm` is the key. */
export type ReplayRequest = { readonly dryRun: boolean }
export type DropRequest = {
  readonly all: boolean
  readonly confirm: string
  /** Unless all are dropped: the event that is shown as the first one, so that no other is dropped in its place. */
  readonly event?: { readonly streamId: string; readonly version: number }
}
export type ReplayAnswer = {
  readonly dryRun: boolean
  readonly folded: number
  readonly dropped: number
  readonly left: number
  /** Why it stopped, if it did. */
  readonly error: Fault | null
  readonly before: Payload | null
  readonly after: Payload | null
  readonly diff: readonly DiffLine[]
}

/** A difference between two JSON values; `path` is a JSON pointer. */
export type DiffLine =
  | { readonly op: 'add'; readonly path: string; readonly after: string }
  | { readonly op: 'remove'; readonly path: string; readonly before: string }
  | { readonly op: 'change'; readonly path: string; readonly before: string; readonly after: string }
  /** More differences than are listed. */
  | { readonly op: 'more'; readonly path: string; readonly count: number }

/** `GET streams?category=&prefix=&after=&limit=` */
export type StreamsAnswer = {
  readonly streams: readonly { readonly streamId: string; readonly version: number | null }[]
  readonly next: string | null
}

/** `GET streams/<id>`: the stream's head; `GET streams/<id>/events?before=<version>&limit=` newest first. */
export type StreamAnswer = {
  readonly streamId: string
  readonly version: number
  readonly deleted: boolean
  /** Names under which its states can be shown: aggregates and projections that this dashboard loaded. */
  readonly folds: readonly {
    readonly kind: 'aggregate' | 'projection'
    readonly name: string
    readonly version: number | null
  }[]
}
export type StreamEvent = {
  readonly id: string
  readonly version: number
  readonly type: string
  readonly schemaVersion: number | null
  readonly recordedAt: string
  readonly occurredAt: string | null
  readonly correlationId: string | null
  readonly causationId: string | null
  /** The event that caused this one, if it is known where it is. */
  readonly cause: { readonly streamId: string; readonly version: number } | null
  readonly data: Payload
  readonly metadata: Payload
}
export type StreamEventsAnswer = { readonly events: readonly StreamEvent[]; readonly next: number | null }

/**
 * `GET streams/<id>/state?fold=<name>&version=<n>` or `&at=<ISO>`, with `kind=aggregate|projection` where both have that
 * name: the state after that event, what it was before, and the difference.
 */
export type StateAnswer = {
  readonly fold: string
  readonly version: number
  readonly head: number
  readonly event: StreamEvent | null
  readonly before: Payload | null
  readonly after: Payload | null
  readonly diff: readonly DiffLine[]
  readonly error: Fault | null
}

/** `POST projections/<p>/<v>/activate|rebuild|drop` `{confirm}`: `confirm` is `<p>:<v>`. */
export type VersionRequest = { readonly confirm: string }
export type VersionAnswer = { readonly done: true; readonly detail: string }

/** `GET causation?id=<event id>&stream=<its stream>`: what led to it and what followed, in order, at most 200. */
export type CausationAnswer = {
  readonly events: readonly {
    readonly streamId: string
    readonly version: number
    readonly type: string
    readonly id: string
    readonly recordedAt: string
    readonly causationId: string | null
  }[]
  readonly cut: boolean
}
