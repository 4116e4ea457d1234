import type { Command } from 'commander'
import { InvalidConfiguration } from '../../core/errors/input.ts'
import type { Rule } from '../../rules/definition/rule.ts'
import { createTryTally } from '../../rules/try/summary.ts'
import { tryRule } from '../../rules/try/try-rule.ts'
import { explain } from '../support/help.ts'
import { moment, storageOptions, wholeNumber } from '../support/options.ts'
import { jsonLine } from '../support/output.ts'
import { withStorage } from '../support/session.ts'
import { startTally } from '../support/tally.ts'
import { loadRules, type RulesOptions, rulesOption } from './load-rules.ts'
import { summaryLines, triedLine } from './tried-lines.ts'

type Options = RulesOptions & {
  readonly from: Date
  readonly to?: Date
  readonly limit?: number
  readonly differences?: boolean
}

const notes = `
Nothing is written, and no effect is called. Each event is evaluated with its subject as it was then, but with the
properties that this rule would have set; what other rules wrote stays as it was.
Prints one line for each event that concerns a subject, and last a summary; with --json, the summary is a line with the
member summary. After SIGINT it prints the summary of what it has read.`

/** `tidemark rules try`: what a rule would have done over history. */
export const addRulesTry = (group: Command): Command =>
  explain(
    rulesOption(storageOptions(group.command('try'))),
    [
      'rules try on-product-added --from 2026-01-31',
      'rules try on-product-added --from 2026-01-31 --differences --json',
    ],
    notes,
  )
    .description('Runs a rule over the events since a time without writing anything, and compares with what happened.')
    .argument('<rule>', 'name of the rule')
    .requiredOption('--from <time>', 'from when on', moment)
    .option('--to <time>', 'until when, exclusive', moment)
    .option('--limit <number>', 'at most this many events', wholeNumber)
    .option('--differences', 'print only events with which the rule would do something else than it did')
    .action((name: string, { rules: path, from, to, limit, differences = false, ...options }: Options) =>
      withStorage({ ...options, vault: true }, async ({ storage, json, out, signal }) => {
        const rule = ruleIn(await loadRules(path), name, path)
        const tally = createTryTally()
        const progress = startTally('events')
        const which = { from, ...(to && { to }), ...(limit !== undefined && { limit }) }
        try {
          for await (const one of tryRule(storage, rule, { ...which, signal, onRead: progress.update })) {
            tally.add(one)
            if (differences && one.difference === null) continue
            if (out.isTerminal) progress.stop()
            await out.line(json ? jsonLine(one) : triedLine(one))
          }
        } catch (error) {
          if (!signal.aborted) throw error
        } finally {
          progress.stop()
        }
        const summary = tally.summary()
        if (json) return out.line(jsonLine({ summary }))
        for (const line of summaryLines(rule, summary)) await out.line(line)
      }),
    )

function ruleIn(rules: readonly Rule[], name: string, path: string): Rule {
  const rule = rules.find((one) => one.name === name)
  if (rule === undefined) throw new InvalidConfiguration('<rule>', `${path} exports no rule ${name}`)
  return rule
}
