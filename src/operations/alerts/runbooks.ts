import type { RuleName, Subject } from '../model/alert.ts'
import { pageOf } from './page-of.ts'

/** What to do about an alert. */
export type Runbook = {
  readonly rule: RuleName
  readonly title: string
  /** In plain words, in the order in which to do them. */
  readonly steps: readonly string[]
  /** The page of the dashboard where it is done: `#/projections/meter-overview/3`. */
  readonly href: string
  /** The rule's section of the reference. */
  readonly docs: string
}

const DOCS = 'https://github.com/tidemark-db/tidemark/blob/main/docs/reference/alerts.md'

const BOOKS: { readonly [rule in RuleName]: Pick<Runbook, 'title' | 'steps'> } = {
  StorageUnavailable: {
    title: 'The storage does not respond',
    steps: [
      'Read the error on the storage page: it says whether the address, the credentials or the server is the cause.',
      'Check that the database runs and can be reached from this machine; for a folder, that its disk is there and not full.',
      'Restart nothing of Tidemark: workers and the API resume by themselves once the storage responds.',
      'All other alerts wait meanwhile. Look at them again after this one is resolved.',
    ],
  },
  RangeStalled: {
    title: 'A range makes no progress',
    steps: [
      'Read the error of the range on the page of its projection.',
      'EventSchemaTooNew: start a worker of the release that writes those events.',
      'IncarnationMismatch or TidemarkAheadOfLog: the log was restored, so rebuild the projection.',
      'UpcastFailed or InvalidViewKey: fix the code of the projection and start the workers with it.',
      'Another error, or none: something that the handlers call, or the database, does not respond. Check it.',
      'A range that waits for its destination resumes by itself once that responds: fix the destination.',
    ],
  },
  RangeUnowned: {
    title: 'No worker owns a range',
    steps: [
      'Look at the instances on the overview: is a worker running that has this version of the projection?',
      'If not, start one. If one is running, read its log: can it reach the leases?',
      'If the version is no longer used by any reader, drop it on the page of the projection.',
    ],
  },
  LeasesUnreachable: {
    title: 'The leases cannot be read',
    steps: [
      'Check the database: it responds to a ping, but not to a query of its leases.',
      'Check that the account of the connection may read the leases.',
      'Workers that cannot renew their leases stop in time, and resume by themselves.',
    ],
  },
  InstanceLost: {
    title: 'A process ended without stopping in good order',
    steps: [
      'Find out on its host why it ended: killed for its memory, a crash, or a machine that is gone.',
      'Start it again, unless the platform does. Its ranges are running on other workers meanwhile, if there are any.',
      'The alert is resolved when it is back, or when another instance of its service has replaced it.',
    ],
  },
  LagHigh: {
    title: 'Views are late',
    steps: [
      'Look at the ranges of the projection: are all of them owned, and is none of them stalled?',
      'Compare rate and lag: if the lag falls, wait. If it grows, add workers, up to the number of ranges.',
      'If one range is late and the others are not, look for a stream or a view that receives most of the events.',
    ],
  },
  LagGrowing: {
    title: 'More events arrive than are processed',
    steps: [
      'Compare appended and folded events on the performance page: is this a peak, or does it last?',
      'Add workers, up to the number of ranges.',
      'If there are as many as ranges, make the handlers faster: look at the durations of folds and saves.',
    ],
  },
  SequenceParked: {
    title: 'Sequences are parked',
    steps: [
      'Read the first event and the error of a parked sequence on the parked page.',
      'Fix the handler and start the workers with it.',
      'Show what a replay would change, then replay.',
      'If an event can never be folded, drop it: the events after it are then folded.',
    ],
  },
  ParkStorm: {
    title: 'Many sequences are parked at once',
    steps: [
      'Suspect the handler and not the events: was a release started just before?',
      'Roll the workers back to the release before, or pause the projection until the handler is fixed.',
      'Then replay everything that is parked.',
    ],
  },
  Conflicts: {
    title: 'Writers conflict with each other',
    steps: [
      'Appends: many commands change one stream at once. Make streams smaller, or let one process write them.',
      'Views: many ranges change one view. Give the projection a finer key, and add up when reading.',
    ],
  },
  Throttled: {
    title: 'The database throttles requests',
    steps: [
      'Look at the request units on the performance page: which operations use them?',
      'Raise the throughput of the container, or let it scale by itself.',
      'If a rebuild is running, it may be the cause: it can be slowed down by fewer workers.',
    ],
  },
  DiskNearlyFull: {
    title: 'The disk is nearly full',
    steps: [
      'Find out on the storage page whether the data of the storage grows, or something else on the disk.',
      'Make the disk larger, or remove what is not needed: versions of projections that are no longer used can be dropped.',
      'A full disk refuses every append. Nothing that was acknowledged is lost.',
    ],
  },
  WalTooLarge: {
    title: 'A write-ahead log is too large',
    steps: [
      'Look for a process that keeps a read open: it prevents the log from being written back into its file.',
      'Backup tools and database browsers that have the file open are the usual cause. End them.',
      'If there is none, restart the processes that have the storage open, one after the other.',
    ],
  },
  ClockSkew: {
    title: 'Clocks differ',
    steps: [
      'Check the time service (NTP) on the host of the instance, and on the host of the dashboard.',
      'Until they agree, leases may be taken too early or too late, and ages are wrong.',
      'A difference of a second or two can also be the delay of the reports, if the storage is slow.',
    ],
  },
  EventLoop: {
    title: 'The event loop of a process is blocked',
    steps: [
      'Look for handlers that compute for long, or parse large payloads: move that into a worker thread.',
      'Check whether the host has too little CPU.',
      'Until then, heartbeats may come too late, and the process may lose its leases.',
    ],
  },
  LeaseChurn: {
    title: 'Workers lose leases',
    steps: [
      'Look at the CPU, the memory and the event loop of the workers: one that pauses for too long loses its leases.',
      'Check whether the storage responds slowly, and whether the clocks agree.',
      'If two processes use one worker id, give each its own.',
    ],
  },
  SloBurn: {
    title: 'The error budget is being used up',
    steps: [
      'Freshness: look for the projection with the oldest event on the overview, and follow the alerts about it.',
      'API: look at the failed requests on the performance page, and at the log of the API.',
      'A warning is not urgent, but at this rate the budget does not last.',
    ],
  },
}

/** What to do about an alert of a rule; with a subject, the link leads to its page. */
export const runbookOf = (rule: RuleName, subject?: Subject): Runbook => ({
  rule,
  ...BOOKS[rule],
  href: pageOf(rule, subject),
  docs: `${DOCS}#${rule.toLowerCase()}`,
})
