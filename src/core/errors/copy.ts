import { eventReference } from '../events/event-reference.ts'
import { TidemarkError } from './base.ts'

/** The target of a copy already holds a log, or the copy of another one. */
export class CopyTargetOccupied extends TidemarkError {
  readonly code = 'CopyTargetOccupied'
  readonly holds: 'events' | 'anotherCopy'
  constructor(holds: 'events' | 'anotherCopy') {
    const what = holds === 'events' ? 'contains events that are not a copy' : 'contains a copy of another log'
    super(`The target ${what}: copy into an empty storage`)
    this.holds = holds
  }
}

/** Another copy onto the same target has taken over, so this one stops. */
export class CopyInProgress extends TidemarkError {
  readonly code = 'CopyInProgress'
  constructor() {
    super('Another copy onto this target has taken over, so this one stops; what it has copied is kept')
  }
}

/** A stream of the target contains events that are not in the copied log: another writer appended to it. */
export class CopyDiverged extends TidemarkError {
  readonly code = 'CopyDiverged'
  readonly streamId: string
  constructor(streamId: string, options?: ErrorOptions) {
    const why = options?.cause instanceof Error ? `: ${options.cause.message}` : ''
    super(`Stream ${streamId} of the target was changed by another writer${why}`, options)
    this.streamId = streamId
  }
}

/** The target cannot hold an event as it is; nothing of its append was written. */
export class NotCopyable extends TidemarkError {
  readonly code = 'NotCopyable'
  readonly streamId: string
  /** The version of the first event of the append. */
  readonly version: number
  constructor(streamId: string, version: number, reason: string, options?: ErrorOptions) {
    super(`Event ${eventReference(streamId, version)} cannot be copied: ${reason}`, options)
    this.streamId = streamId
    this.version = version
  }
}
