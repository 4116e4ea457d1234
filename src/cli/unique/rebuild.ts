import type { Command } from 'commander'
import { type DuplicateValue, type RebuiltUnique, rebuildUnique } from '../../aggregates/unique/rebuild-unique.ts'
import { EXIT } from '../support/exit-codes.ts'
import { explain } from '../support/help.ts'
import { storageOptions } from '../support/options.ts'
import { withStorage } from '../support/session.ts'
import { startTally } from '../support/tally.ts'
import { loadAggregates } from './load-aggregates.ts'
import { aggregatesOption, MOST_NAMED, type Options } from './options.ts'

type Rebuilt = RebuiltUnique & { readonly category: string; readonly named: readonly DuplicateValue[] }

const notes = `
For streams that are older than the declaration, after the log was restored or copied, and after the functions of unique
changed. It may run while commands are executed, by processes that have the new declaration. Run it again after an
interruption. Exits with ${EXIT.failed} when two aggregates have the same value, which is never printed.`

/** `tidemark unique rebuild`: makes the claims of unique values from the events. */
export const addUniqueRebuild = (group: Command): Command =>
  explain(
    aggregatesOption(storageOptions(group.command('rebuild'))),
    ['unique rebuild --aggregates ./aggregates'],
    notes,
  )
    .description('Makes the claims of unique values from the events, and removes those that are no longer needed.')
    .action(({ aggregates: path, ...options }: Options) =>
      withStorage({ ...options, vault: true }, async ({ storage, signal, json, out, rows, endWith }) => {
        const rebuilt: Rebuilt[] = []
        for (const aggregate of await loadAggregates(path)) {
          const named: DuplicateValue[] = []
          const tally = startTally(`streams and claims of ${aggregate.category}`)
          const report = await rebuildUnique(storage, aggregate, {
            onProgress({ streams, claims }) {
              signal.throwIfAborted()
              tally.update(streams + claims)
            },
            onDuplicate: (duplicate) => void (named.length < MOST_NAMED && named.push(duplicate)),
          }).finally(tally.stop)
          rebuilt.push({ category: aggregate.category, ...report, named })
        }
        if (rebuilt.some(({ duplicates }) => duplicates > 0)) endWith(EXIT.failed)
        await rows(rebuilt, {
          category: ({ category }) => category,
          streams: ({ streams }) => streams,
          values: ({ values }) => values,
          made: ({ made }) => made,
          removed: ({ removed }) => removed,
          duplicates: ({ duplicates }) => duplicates,
        })
        if (json) return
        for (const { category, named } of rebuilt) {
          for (const { owner, field } of named)
            await out.line(`${category} ${owner}: another one has the same ${field}`)
        }
      }),
    )
