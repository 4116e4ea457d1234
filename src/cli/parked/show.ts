import type { Command } from 'commander'
import { NotParked } from '../../core/errors/view.ts'
import { eventReference } from '../../core/events/event-reference.ts'
import { parkedSequences } from '../../processor/replay/parked-sequences.ts'
import { count } from '../support/count.ts'
import { explain } from '../support/help.ts'
import { storageOptions } from '../support/options.ts'
import { jsonLine } from '../support/output.ts'
import { type CommonOptions, withStorage } from '../support/session.ts'
import { nameOnly, versionOption } from './which.ts'

type Options = CommonOptions & { readonly version?: number }

/** `tidemark parked show`: one sequence in detail. */
export const addParkedShow = (group: Command): Command =>
  explain(versionOption(storageOptions(group.command('show'))), ['parked show meter-overview 87000001'])
    .description('Shows a parked sequence: the event that failed, the error, and the view as it is now.')
    .argument('<projection>', 'name of the projection or reaction')
    .argument('<key>', 'key of the view, or stream of the reaction')
    .action((name: string, key: string, { version, ...options }: Options) =>
      withStorage(options, async ({ storage, json, out }) => {
        const projection = await nameOnly(storage, name, version)
        const found = await parkedSequences(storage, projection).show(key)
        if (found === undefined) throw new NotParked(name, key)
        if (json) return out.line(jsonLine({ projection: name, version: projection.version, ...found }))
        const { event, error, attempts, since, waiting, document, view } = found
        const lines = [
          `View      ${key} of ${name}, version ${projection.version}`,
          `Parked    since ${since}, after ${count(attempts, 'attempt')}; ${count(waiting, 'event')} pending`,
          `Event     ${eventReference(event.streamId, event.version)}${document ? ` ${document.eventType}` : ', erased since'}`,
          ...(document ? [`Data      ${jsonLine(document.eventData)}`] : []),
          `Error     ${error ? `${error.code}: ${error.message}` : 'none: not tried yet'}`,
          `The view  ${jsonLine(view)}`,
        ]
        for (const line of lines) await out.line(line)
      }),
    )
