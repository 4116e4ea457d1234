import type { EventTypesOf, OutputOf } from '../../core/events/types.ts'
import type { Activity } from '../model/activity.ts'
import { nounText } from '../words/amounts.ts'
import type { activityEvents } from './activity-events.ts'
import type { ActivityRow } from './activity-view.ts'

type Types = EventTypesOf<typeof activityEvents>
type Told = Pick<Activity, 'subject' | 'text' | 'by'>

const WORDS: { readonly [Type in keyof Types]: (data: OutputOf<Types[Type]>) => Told } = {
  InstanceStarted: ({ id, kind, host, release, back }) => {
    const where = host === null ? '' : ` on ${host}`
    const what = release === null ? '' : `, release ${release}`
    return told(id, `${kind} ${id} ${back ? 'is back' : 'started'}${where}${what}`)
  },
  InstanceStopped: ({ id, kind }) => told(id, `${kind} ${id} stopped`),
  InstanceLost: ({ id, kind }) => told(id, `${kind} ${id} was lost: it no longer reports, and did not stop`),
  ServiceUpdated: ({ service, from, to }) =>
    told(service, from === null ? `${service} runs release ${to}` : `${service} was updated from ${from} to ${to}`),
  VersionActivated: ({ projection, version }) =>
    told(`${projection}:${version}`, `${projection} v${version} became active`),
  RebuildStarted: ({ projection, version }) =>
    told(`${projection}:${version}`, `${projection} v${version} is being built`),
  RebuildFinished: ({ projection, version }) => told(`${projection}:${version}`, `${projection} v${version} was built`),
  OperatorActed: ({ who, what, subject, dryRun, outcome }) => {
    const act = `${ACTS[what] ?? what} ${subject}${dryRun ? ' (dry run)' : ''}`
    return { subject, by: who, text: outcome === 'done' ? `${who} ${act}` : `${who} failed: ${act}, ${outcome}` }
  },
  EvaluationGap: ({ from, to, lost }) => {
    const between = `between ${from} and ${to}`
    return told(
      'rules',
      lost > 0 ? `${nounText(lost, 'change')} ${between} could not be stored` : `Nothing was evaluated ${between}`,
    )
  },
}

const ACTS: { readonly [what: string]: string } = {
  replay: 'replayed',
  dropSequence: 'dropped parked events of',
  activateVersion: 'activated',
  rebuildVersion: 'rebuilt',
  dropVersion: 'dropped',
  acknowledge: 'acknowledged incident',
  note: 'annotated incident',
  resolve: 'resolved incident',
  silence: 'silenced',
  endSilence: 'ended the silence',
}

const told = (subject: string, text: string): Told => ({ subject, text, by: null })

/** An event in words. */
export function toActivity({ id, type, data }: ActivityRow): Activity {
  // The rows were folded from events of their types.
  const words = WORDS[type as keyof Types] as (data: unknown) => Told
  return { id, type: type as Activity['type'], at: String(data.at), ...words(data) }
}
