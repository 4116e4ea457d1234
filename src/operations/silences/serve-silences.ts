import type { Clock } from '../../core/clock.ts'
import { SilenceNotFound } from '../../core/errors/operations.ts'
import type { Operations } from '../model/operations.ts'
import type { Records } from '../store/records.ts'
import type { KnownSilences } from './known-silences.ts'
import { newSilence } from './new-silence.ts'
import { silenceEvents } from './silence-events.ts'
import { endSilence } from './silence-record.ts'

const ID = /^[\w-]{1,100}$/

/** What people do with silences. @param changed called after a change */
export function serveSilences(
  { silences }: Pick<Records, 'silences'>,
  known: KnownSilences,
  clock: Clock,
  changed: () => void,
): Pick<Operations, 'silences' | 'silence' | 'endSilence'> {
  return {
    silences: () => known.at(clock.now()),
    async silence(given) {
      const data = newSilence(given, clock.now())
      const id = crypto.randomUUID()
      known.put((await silences.execute(id, () => silenceEvents.create('SilenceSet', data))).state)
      changed()
      return id
    },
    async endSilence(id, who) {
      if (!ID.test(id)) throw new SilenceNotFound(id.slice(0, 40))
      known.put((await silences.execute(id, endSilence(id, who, clock.now()))).state)
      changed()
    },
  }
}
