import { IncidentClosed } from '../../core/errors/operations.ts'
import type { NewEventOf } from '../../core/events/types.ts'
import { isoTime } from '../../core/iso-time.ts'
import { givenName, givenText } from '../store/given-text.ts'
import { incidentEvents } from './incident-events.ts'
import type { IncidentRecord } from './incident-record.ts'

type Decided = readonly NewEventOf<typeof incidentEvents>[]
type Command = (record: IncidentRecord) => Decided

/** What people do with incidents; `at` in milliseconds since 1970. @throws InvalidOption */
export const incidentCommands = {
  /** A second person takes it over from the first. @throws IncidentClosed */
  acknowledge(who: string, at: number): Command {
    const by = givenName(who)
    return (record) => {
      assertOpen(record)
      return record.acknowledgedBy === by
        ? []
        : [incidentEvents.create('IncidentAcknowledged', { at: isoTime(at), by })]
    }
  },
  note(who: string, text: string, at: number): Command {
    const data = { at: isoTime(at), by: givenName(who), note: givenText('note', text, 2_000) }
    return () => [incidentEvents.create('NoteAdded', data)]
  },
  /** @throws IncidentClosed */
  resolve(who: string, at: number): Command {
    const by = givenName(who)
    return (record) => {
      assertOpen(record)
      return [incidentEvents.create('IncidentResolved', { at: isoTime(at), by, firing: firingIn(record) })]
    }
  },
}

/** How many alerts of an incident are not resolved. */
export const firingIn = ({ alerts }: Pick<IncidentRecord, 'alerts'>): number =>
  alerts.filter(({ state }) => state !== 'resolved').length

function assertOpen({ id, state }: IncidentRecord): void {
  if (state === 'resolved') throw new IncidentClosed(id)
}
