import { type Command, Option } from 'commander'
import { InvalidConfiguration } from '../../core/errors/input.ts'
import { eventReference } from '../../core/events/event-reference.ts'
import { parkedSequences } from '../../processor/replay/parked-sequences.ts'
import { count } from '../support/count.ts'
import { eventArgument } from '../support/event-argument.ts'
import { EXIT } from '../support/exit-codes.ts'
import { explain } from '../support/help.ts'
import { storageOptions } from '../support/options.ts'
import { jsonLine } from '../support/output.ts'
import { type CommonOptions, withStorage } from '../support/session.ts'
import { nameOnly, versionOption, withCode } from './which.ts'
import { writeReplayed } from './write-replayed.ts'

type Options = CommonOptions & {
  readonly projections?: string
  readonly version?: number
  readonly all?: boolean
  readonly event?: { readonly streamId: string; readonly version: number }
}

const notes = `
Without --all, the first pending event is dropped and the rest is replayed, which needs --projections.
With --event and no key, the projection skips that event altogether: for an event whose key function or upcaster fails,
which stalls its feed range. The log keeps the events that are dropped.`

/** `tidemark parked drop`: skips events. */
export const addParkedDrop = (group: Command): Command =>
  explain(
    versionOption(storageOptions(group.command('drop'))),
    [
      'parked drop meter-overview 87000001 --projections ./projections',
      'parked drop meter-overview 87000001 --all',
      'parked drop meter-overview --event meter:87000001:2020@7',
    ],
    notes,
  )
    .description('Drops the first pending event of a parked sequence, or all of them.')
    .argument('<projection>', 'name of the projection or reaction')
    .argument('[key]', 'key of the view, or stream of the reaction')
    .addOption(new Option('--all', 'drop all pending events').conflicts('event'))
    .option('--event <stream@version>', 'this event, provided that it is the first', eventArgument)
    .option('--projections <folder>', 'folder of projections, one file each')
    .action((name: string, key: string | undefined, { projections, version, all, event, ...options }: Options) =>
      withStorage({ ...options, vault: true }, async (session) => {
        const { storage, json, out, tell } = session
        if (key === undefined) {
          if (event === undefined) throw new InvalidConfiguration('key', 'is required, unless --event names an event')
          const projection = await nameOnly(storage, name, version)
          await parkedSequences(storage, projection).dropEvent(event)
          const sentence = `Version ${projection.version} of ${name} skips ${eventReference(event.streamId, event.version)}`
          return tell({ projection: name, version: projection.version, skips: event }, sentence)
        }
        if (all) {
          const dropped = await parkedSequences(storage, await nameOnly(storage, name, version)).dropAll(key)
          return tell({ projection: name, key, dropped }, `Dropped ${count(dropped, 'event')}; ${key} resumes`)
        }
        const dropped = await parkedSequences(storage, await withCode(storage, projections, name)).dropOne(key, event)
        if (json) await out.line(jsonLine({ projection: name, key, ...dropped }))
        else await writeReplayed(out, dropped, false)
        if (!dropped.unparked) session.endWith(EXIT.refused)
      }),
    )
