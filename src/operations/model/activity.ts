/** What happened in the system: the events of instances, services and operators. */
export type ActivityType =
  | 'InstanceStarted'
  | 'InstanceStopped'
  | 'InstanceLost'
  | 'ServiceUpdated'
  | 'VersionActivated'
  | 'RebuildStarted'
  | 'RebuildFinished'
  | 'OperatorActed'
  | 'EvaluationGap'

export type Activity = {
  readonly id: string
  readonly type: ActivityType
  /** ISO 8601 in UTC. */
  readonly at: string
  /** Instance, service, projection version or incident. */
  readonly subject: string
  /** One sentence in plain words. */
  readonly text: string
  /** Who did it, if a person did. */
  readonly by: string | null
}

/** What a person did, or tried to do, through the dashboard. */
export type OperatorAct = {
  readonly who: string
  /** `replay`, `dropSequence`, `activateVersion`, `rebuildVersion`, `dropVersion`, `acknowledge`, `note`, `resolve`, `silence`, `endSilence` */
  readonly what: string
  readonly subject: string
  readonly dryRun: boolean
  /** `done`, or the code of the error that it ended with. */
  readonly outcome: string
}

/** The share of a day in which a service responded, and in which that is unknown. */
export type Availability = {
  readonly service: string
  /** `yyyy-mm-dd` in UTC. */
  readonly day: string
  /** Seconds; what is left of the day is unknown. */
  readonly up: number
  readonly down: number
}
