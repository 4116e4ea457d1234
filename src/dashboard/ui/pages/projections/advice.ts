import type { Fault } from '../../../../operations/model/snapshot.ts'
import type { ProjectionRangeRow, ProjectionRow } from '../../../contract/topics.ts'

/** What is wrong with a projection version, why, and what a person can do about it. */
export type Advice = {
  /** The state that the advice is on. */
  readonly state: string
  /** One sentence: `Stalled on 1 of 8 ranges.` */
  readonly what: string
  /** The failure behind it, if one is known. */
  readonly fault: Fault | null
  /** Why, in one or two sentences. */
  readonly why: string
  /** What to do, in this order. */
  readonly steps: readonly string[]
  /** The page where it is done or seen. */
  readonly link: { readonly text: string; readonly href: string } | null
}

type Cause = Pick<Advice, 'why'> & {
  readonly steps: Advice['steps'] | ((row: Row) => Advice['steps'])
  readonly link?: Advice['link']
}
type Explained = Pick<Advice, 'fault' | 'why' | 'steps' | 'link'>
type Row = Pick<ProjectionRow, 'projection' | 'version' | 'kind' | 'states' | 'paused' | 'parked' | 'moreParked'>
type Range = Pick<ProjectionRangeRow, 'range' | 'state' | 'error'>

const AFTER_RESTORE: Cause = {
  why: 'Its progress belongs to the log as it was before a restore, so its views cannot be trusted.',
  steps: [
    'Stop the workers that run this version.',
    'Rebuild it with the action on this page.',
    'Start the workers again. They build the views from the start of the feed.',
  ],
}

const CAUSES: { readonly [code: string]: Cause } = {
  EventSchemaTooNew: {
    why: 'An event was written by a newer release than the worker runs. The worker does not guess what it means.',
    steps: [
      'Deploy the release that wrote the event, or a newer one, to all workers.',
      'Wait a minute: the range continues by itself, and nothing is lost.',
    ],
  },
  HandlerFailed: {
    why: 'The code of the projection throws before the view of the event is known, so its sequence cannot be parked.',
    steps: ({ projection, version }) => [
      'Read the error: it names the stream and the version of the event.',
      'Fix the key function or the upcaster, and deploy it to all workers.',
      `If the event can never be processed, skip it: tidemark parked drop ${projection} --version ${version} --event <stream>@<version>`,
    ],
  },
  UnknownEventType: {
    why: 'The feed has an event of a type that the code of the worker does not define.',
    steps: ['Deploy a release that defines the event type to all workers.'],
  },
  IncarnationMismatch: AFTER_RESTORE,
  LogDiverged: AFTER_RESTORE,
  TidemarkAheadOfLog: AFTER_RESTORE,
  StorageUnavailable: {
    why: 'The worker cannot reach the database, or the database fails to answer.',
    steps: ['Check the database and the network between it and the worker.', 'The range continues by itself.'],
    link: { text: 'Storage', href: '#/storage' },
  },
  DestinationUnavailable: {
    why: 'The system that the reaction calls is unavailable. The reaction waits for it, and nothing is parked meanwhile.',
    steps: ['Read the error, and repair the destination.', 'The reaction continues by itself within a minute.'],
  },
}

/**
 * Explains the worst trouble of a projection version: stalled, unowned, waiting, parked or paused ranges, in this order.
 *
 * @returns undefined if nothing needs a person
 */
export function adviceOn(row: Row, ranges: readonly Range[]): Advice | undefined {
  const all = Object.values(row.states).reduce((sum, count) => sum + count, 0)
  const on = (state: string) => `on ${row.states[state] ?? 0} of ${all} ${all === 1 ? 'range' : 'ranges'}`
  const has = (state: string) => (row.states[state] ?? 0) > 0
  const told = (state: string, text: string) => ({ state, what: `${text} ${on(state)}.` })
  if (has('stalled')) return { ...told('stalled', 'Stalled'), ...causeOf(row, ranges, 'stalled') }
  if (has('unowned')) return { ...told('unowned', 'Without an owner'), ...unowned(row) }
  if (has('waiting')) return { ...told('waiting', 'Waiting for its destination'), ...causeOf(row, ranges, 'waiting') }
  if (row.parked !== null && row.parked > 0) return parked(row, row.parked)
  return row.paused === null ? undefined : paused(row, row.paused)
}

function causeOf(row: Row, ranges: readonly Range[], state: string): Explained {
  const error = ranges.find((range) => range.state === state && range.error !== null)?.error ?? null
  const cause = error === null ? NO_ERROR : (CAUSES[error.code] ?? unexplained(error))
  const steps = typeof cause.steps === 'function' ? cause.steps(row) : cause.steps
  return { fault: error, link: null, ...cause, steps }
}

const NO_ERROR: Cause = {
  why: 'It is behind and makes no progress, but reports no error: something does not respond.',
  steps: [
    'Check whether the database responds.',
    'Check whether the owner of the range still runs: a handler that never returns blocks its worker.',
    'Restart that worker if it does not respond.',
  ],
  link: { text: 'Storage', href: '#/storage' },
}

const unexplained = ({ code }: Fault): Cause => ({
  why: `It failed repeatedly with ${code}, and is retried with longer delays.`,
  steps: ['Read the error in the table of ranges.', 'Remove its cause. The range then continues by itself.'],
})

const unowned = ({ projection, version }: Row): Explained => ({
  fault: null,
  why: 'No worker has the lease of these ranges, so their views are not updated.',
  steps: [
    'Wait for the duration of a lease if a worker was killed just now: another one takes over.',
    `Otherwise start a worker whose code has ${projection} v${version}.`,
    'If such a worker runs, check whether it can reach the database.',
  ],
  link: { text: 'Instances', href: '#/overview' },
})

function parked({ projection, version, moreParked }: Row, count: number): Advice {
  const sequences = `${moreParked ? 'At least ' : ''}${count} ${count === 1 ? 'sequence is' : 'sequences are'} parked.`
  return {
    state: 'parked',
    what: sequences,
    fault: null,
    why: 'An event that failed five times waits, with all later events of its view. Other views continue.',
    steps: [
      'Read the error of the first event, and fix the handler.',
      'Deploy it to all workers.',
      'Look at what a replay would change, then replay the sequence.',
    ],
    link: {
      text: 'Parked sequences',
      href: `#/parked?projection=${encodeURIComponent(projection)}&version=${version}`,
    },
  }
}

const paused = ({ projection, version }: Row, since: string): Advice => ({
  state: 'paused',
  fault: null,
  what: `Paused since ${since.slice(0, 16).replace('T', ' ')} UTC.`,
  why: 'An operator paused it. Readers see the views as they are, and the lag grows with each event.',
  steps: [`Resume it when it may continue: tidemark projections resume ${projection} ${version}`],
  link: null,
})
