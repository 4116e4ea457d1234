import { defineAggregate } from '../../aggregates/aggregate.ts'
import { SilenceNotFound } from '../../core/errors/operations.ts'
import type { NewEventOf } from '../../core/events/types.ts'
import { idOf } from '../../core/stream-id.ts'
import { defineProjection } from '../../projections/define-projection.ts'
import type { Silence } from '../model/alert.ts'
import { givenName } from '../store/given-text.ts'
import { type SilenceSet, silenceEvents } from './silence-events.ts'

/** A silence as its events leave it, and the version of its stream; 0 before it was set. */
export type SilenceRecord = Silence & { readonly version: number }

type Recorded<Data> = { readonly data: Data; readonly streamId: string; readonly version: number }

const noSilence: SilenceRecord = {
  id: '',
  matchers: {},
  by: '',
  reason: '',
  since: '',
  until: '',
  endedAt: null,
  version: 0,
}

const evolve = {
  SilenceSet: (_: SilenceRecord, { data, streamId, version }: Recorded<SilenceSet>): SilenceRecord => ({
    ...data,
    id: idOf(streamId),
    endedAt: null,
    version,
  }),
  SilenceEnded: (record: SilenceRecord, { data, version }: Recorded<{ readonly at: string }>): SilenceRecord => ({
    ...record,
    endedAt: data.at,
    version,
  }),
}

/** A silence: one stream for its whole life. */
export const silenceAggregate = defineAggregate({
  category: 'silence',
  events: silenceEvents,
  initial: noSilence,
  evolve,
})

/** All silences, by id. */
export const silencesView = defineProjection('ops-silences', {
  events: silenceEvents,
  key: ({ streamId }) => idOf(streamId),
  indexes: ['until'],
  initial: () => noSilence,
  on: evolve,
})

/** Ends a silence early; one that is over stays as it is. @throws SilenceNotFound, InvalidOption */
export function endSilence(id: string, who: string, at: number) {
  const by = givenName(who)
  return (record: SilenceRecord): readonly NewEventOf<typeof silenceEvents>[] => {
    if (record.version === 0) throw new SilenceNotFound(id)
    if (record.endedAt !== null || Date.parse(record.until) <= at) return []
    return [silenceEvents.create('SilenceEnded', { at: new Date(at).toISOString(), by })]
  }
}

export const toSilence = ({ version: _, ...silence }: SilenceRecord): Silence => silence
