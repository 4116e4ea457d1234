import { type Command, Option } from 'commander'
import { InvalidConfiguration } from '../../core/errors/input.ts'
import { parkedSequences } from '../../processor/replay/parked-sequences.ts'
import { EXIT } from '../support/exit-codes.ts'
import { storageOptions } from '../support/options.ts'
import { jsonLine } from '../support/output.ts'
import { type CommonOptions, withStorage } from '../support/session.ts'
import { tellReplayed } from './tell-replayed.ts'
import { nameOnly, versionOption, withCode } from './which.ts'

type Options = CommonOptions & {
  readonly projections?: string
  readonly version?: number
  readonly all?: boolean
  readonly event?: { readonly streamId: string; readonly version: number }
}

const help = `
Without --all, the first waiting event is left out and the rest is replayed, which needs --projections.
With --event and no key, the projection skips that event altogether: for one whose key function or upcaster fails, so
that its range stands still.`

/** `tidemark parked drop`: leaves events out. */
export const addParkedDrop = (group: Command): Command =>
  versionOption(storageOptions(group.command('drop')))
    .description('Leaves the first waiting event of a parked sequence out, or all of them. The log keeps them.')
    .argument('<projection>', 'the name of the projection')
    .argument('[key]', 'the key of the view')
    .addOption(new Option('--all', 'leave out all that waits').conflicts('event'))
    .option('--event <stream@version>', 'this event, where it is the first', eventRef)
    .option('--projections <folder>', 'the folder of projections, one file each')
    .addHelpText('after', help)
    .action((name: string, key: string | undefined, { projections, version, all, event, ...options }: Options) =>
      withStorage(options, async (session) => {
        const { storage, json, out, tell } = session
        if (key === undefined) {
          if (event === undefined) throw new InvalidConfiguration('key', 'is needed, or else --event')
          const projection = await nameOnly(storage, name, version)
          await parkedSequences(storage, projection).dropEvent(event)
          const sentence = `Version ${projection.version} of ${name} skips ${event.streamId}@${event.version}`
          return tell({ projection: name, version: projection.version, skips: event }, sentence)
        }
        if (all) {
          const dropped = await parkedSequences(storage, await nameOnly(storage, name, version)).dropAll(key)
          return tell({ projection: name, key, dropped }, `${dropped} events dropped; ${key} goes on by itself`)
        }
        const dropped = await parkedSequences(storage, await withCode(projections, name)).dropOne(key, event)
        if (json) await out.line(jsonLine({ projection: name, key, ...dropped }))
        else await tellReplayed(out, dropped, false)
        if (!dropped.unparked) session.endWith(EXIT.refused)
      }),
    )

function eventRef(text: string): { readonly streamId: string; readonly version: number } {
  const [, streamId, version] = /^(.+)@([1-9]\d*)$/.exec(text) ?? []
  if (streamId === undefined) throw new InvalidConfiguration('--event', 'must be as meter:87000001:2020@7')
  return { streamId, version: Number(version) }
}
