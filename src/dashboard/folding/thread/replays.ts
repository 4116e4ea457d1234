import type { Json } from '../../../core/json/json.ts'
import { parkedSequences, type Replayed } from '../../../processor/replay/parked-sequences.ts'
import type { Storage } from '../../../views/with-views.ts'
import { failureOfCode } from '../../payloads/fault.ts'
import type { PayloadMode } from '../../payloads/payload.ts'
import { shownChange } from '../../payloads/shown-change.ts'
import type { Folding, ReplayResult } from '../../server/folding.ts'
import type { Definitions } from './definitions.ts'

/** Replays parked sequences with the code that was loaded. */
export function replays(
  storage: Storage,
  definitions: Definitions,
  payloads: PayloadMode,
): Pick<Folding, 'replay' | 'dropOne'> {
  const sequencesOf = (name: string, version: number) => parkedSequences(storage, definitions.projection(name, version))
  const resultOf = ({ before, view, folded, dropped, waiting, error }: Replayed): ReplayResult => ({
    ...shownChange(before as Json, view as Json, payloads),
    folded,
    dropped,
    left: waiting,
    error: error && failureOfCode(error, payloads),
  })
  return {
    replay: async ({ projection, version, key }, { dryRun }) =>
      resultOf(await sequencesOf(projection, version).replay(key, { dryRun })),
    dropOne: async ({ projection, version, key }, event) =>
      resultOf(await sequencesOf(projection, version).dropOne(key, event)),
  }
}
