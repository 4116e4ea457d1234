import type { Command } from 'commander'
import { type CheckedUnique, checkUnique, type UniqueProblem } from '../../aggregates/unique/check-unique.ts'
import { EXIT } from '../support/exit-codes.ts'
import { explain } from '../support/help.ts'
import { storageOptions } from '../support/options.ts'
import { withStorage } from '../support/session.ts'
import { startTally } from '../support/tally.ts'
import { loadAggregates } from './load-aggregates.ts'
import { aggregatesOption, MOST_NAMED, type Options } from './options.ts'

type Checked = CheckedUnique & { readonly category: string; readonly problems: readonly UniqueProblem[] }

const notes = `
Nothing is changed. Exits with ${EXIT.failed} when something is wrong; tidemark unique rebuild fixes it, except where two
aggregates have the same value. Values are never printed.`

/** `tidemark unique check`: compares the claims of unique values with the events. */
export const addUniqueCheck = (group: Command): Command =>
  explain(
    aggregatesOption(storageOptions(group.command('check'))),
    ['unique check --aggregates ./aggregates/customer.ts'],
    notes,
  )
    .description('Compares the claims of unique values with the events.')
    .action(({ aggregates: path, ...options }: Options) =>
      withStorage({ ...options, vault: true }, async ({ storage, signal, json, out, rows, endWith }) => {
        const checked: Checked[] = []
        for (const aggregate of await loadAggregates(path)) {
          const problems: UniqueProblem[] = []
          const tally = startTally(`streams and claims of ${aggregate.category}`)
          const report = await checkUnique(storage, aggregate, {
            onProgress({ streams, claims }) {
              signal.throwIfAborted()
              tally.update(streams + claims)
            },
            onProblem: (problem) => void (problems.length < MOST_NAMED && problems.push(problem)),
          }).finally(tally.stop)
          checked.push({ category: aggregate.category, ...report, problems })
        }
        if (checked.some(({ ok }) => !ok)) endWith(EXIT.failed)
        await rows(checked, {
          category: ({ category }) => category,
          ok: ({ ok }) => ok,
          built: ({ built }) => built,
          streams: ({ streams }) => streams,
          values: ({ values }) => values,
          missing: ({ faults }) => faults.missing,
          stale: ({ faults }) => faults.stale,
          foreign: ({ faults }) => faults.foreign,
          duplicate: ({ faults }) => faults.duplicate,
          abandoned: ({ abandoned }) => abandoned,
        })
        if (json) return
        for (const { category, problems } of checked) {
          for (const problem of problems) await out.line(`${category} ${lineOf(problem)}`)
        }
      }),
    )

const lineOf = ({ owner, field, fault, claimedBy }: UniqueProblem): string =>
  `${owner}: the claim of its ${field} is ${fault}${claimedBy === undefined ? '' : `, held by ${claimedBy}`}`
