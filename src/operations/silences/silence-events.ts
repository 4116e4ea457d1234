import { defineEvents } from '../../core/events/define-events.ts'
import type { Silence } from '../model/alert.ts'
import { asWritten } from '../store/as-written.ts'

/** What a silence is when it begins. */
export type SilenceSet = Omit<Silence, 'id' | 'endedAt'>

/** The events of a silence, in the stream `silence:<id>`. */
export const silenceEvents = defineEvents({
  SilenceSet: asWritten<SilenceSet>(),
  /** A person ended it early. */
  SilenceEnded: asWritten<{ readonly at: string; readonly by: string }>(),
})
