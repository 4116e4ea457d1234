import { TidemarkError } from './base.ts'

/** The target of a copy holds a log already, or the copy of another one. */
export class CopyTargetOccupied extends TidemarkError {
  readonly code = 'CopyTargetOccupied'
  readonly holds: 'events' | 'anotherCopy'
  constructor(holds: 'events' | 'anotherCopy') {
    const what = holds === 'events' ? 'holds events that are no copy' : 'holds a copy of another log'
    super(`The target ${what}: copy into an empty storage`)
    this.holds = holds
  }
}

/** Another copy onto the same target went on where this one was, so that this one stops. */
export class CopyInProgress extends TidemarkError {
  readonly code = 'CopyInProgress'
  constructor() {
    super('Another copy onto this target is at work; this one has stopped, and what it copied counts')
  }
}

/** A stream of the target holds other events than the copied log: somebody else wrote to it. */
export class CopyDiverged extends TidemarkError {
  readonly code = 'CopyDiverged'
  readonly streamId: string
  constructor(streamId: string, options?: ErrorOptions) {
    const why = options?.cause instanceof Error ? `: ${options.cause.message}` : ''
    super(`Stream ${streamId} of the target was written to by somebody else${why}`, options)
    this.streamId = streamId
  }
}

/** An event that the target cannot hold as it is; nothing of its append was written. */
export class NotCopyable extends TidemarkError {
  readonly code = 'NotCopyable'
  readonly streamId: string
  /** That of the first event of the append. */
  readonly version: number
  constructor(streamId: string, version: number, reason: string, options?: ErrorOptions) {
    super(`Event ${streamId}:${version} cannot be copied: ${reason}`, options)
    this.streamId = streamId
    this.version = version
  }
}
