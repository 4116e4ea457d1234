import type { Command } from 'commander'
import { NotParked } from '../../core/errors/view.ts'
import { parkedSequences } from '../../processor/replay/parked-sequences.ts'
import { storageOptions } from '../support/options.ts'
import { jsonLine } from '../support/output.ts'
import { type CommonOptions, withStorage } from '../support/session.ts'
import { nameOnly, versionOption } from './which.ts'

type Options = CommonOptions & { readonly version?: number }

/** `tidemark parked show`: one sequence in detail. */
export const addParkedShow = (group: Command): Command =>
  versionOption(storageOptions(group.command('show')))
    .description('Shows a parked sequence: the event that it waits behind, the error, and the view as it is.')
    .argument('<projection>', 'the name of the projection')
    .argument('<key>', 'the key of the view')
    .action((name: string, key: string, { version, ...options }: Options) =>
      withStorage(options, async ({ storage, json, out }) => {
        const projection = await nameOnly(storage, name, version)
        const found = await parkedSequences(storage, projection).show(key)
        if (found === undefined) throw new NotParked(name, key)
        if (json) return out.line(jsonLine({ projection: name, version: projection.version, ...found }))
        const { event, error, attempts, since, waiting, document, view } = found
        const lines = [
          `View      ${key} of ${name}, version ${projection.version}`,
          `Parked    since ${since}, after ${attempts} attempts; ${waiting} events wait`,
          `Event     ${event.streamId}@${event.version}${document ? ` ${document.eventType}` : ', which was erased'}`,
          ...(document ? [`Data      ${jsonLine(document.eventData)}`] : []),
          `Error     ${error ? `${error.code}: ${error.message}` : 'none: it was not tried yet'}`,
          `The view  ${jsonLine(view)}`,
        ]
        for (const line of lines) await out.line(line)
      }),
    )
