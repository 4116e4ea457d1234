import type { Command } from 'commander'
import { explainEvent } from '../../rules/explain/explain-event.ts'
import { eventArgument } from '../support/event-argument.ts'
import { explain } from '../support/help.ts'
import { storageOptions } from '../support/options.ts'
import { jsonLine } from '../support/output.ts'
import { withStorage } from '../support/session.ts'
import { explanationLines } from './explanation-lines.ts'
import { loadRules, type RulesOptions, rulesOption } from './load-rules.ts'

const notes = `
It says what happened, as it is recorded in the stream of the subject. What is not recorded, because the rule has
record: 'fired', is computed with the code and the subject as it was at the event, and marked (computed).
Of an event that a rule wrote, it also says which rule that was, because of what, and so on up to the event that began
it all.`

/** `tidemark rules explain`: what rules did with an event. */
export const addRulesExplain = (group: Command): Command =>
  explain(
    rulesOption(storageOptions(group.command('explain'))),
    ['rules explain cart:456@3 --rules ./projections', 'rules explain subject:user:456@7 --json'],
    notes,
  )
    .description('Explains an event: which rules saw it, which check stopped which rule, and what came of it.')
    .argument('<stream@version>', 'the event', eventArgument)
    .action(
      (event: { readonly streamId: string; readonly version: number }, { rules: path, ...options }: RulesOptions) =>
        withStorage({ ...options, vault: true }, async ({ storage, json, out }) => {
          const explanation = await explainEvent(storage, await loadRules(path), event)
          if (json) return out.line(jsonLine(explanation))
          for (const line of explanationLines(explanation)) await out.line(line)
        }),
    )
