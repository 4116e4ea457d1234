import type { Command } from 'commander'
import { UnknownVersion } from '../../core/errors/version.ts'
import { readGroup } from '../../core/leases/groups.ts'
import { listVersions, type VersionSummary } from '../../processor/versions/listing/list-versions.ts'
import type { Rule } from '../../rules/definition/rule.ts'
import { effectName } from '../../rules/firing/effect-reaction.ts'
import type { Storage } from '../../views/with-views.ts'
import { explain } from '../support/help.ts'
import { storageOptions } from '../support/options.ts'
import { withStorage } from '../support/session.ts'
import { loadRules, type RulesOptions, rulesOption } from './load-rules.ts'

const notes = `
Running is the version that workers run; it differs from the code's if they have other code. The state is the worst of
its feed ranges, as tidemark projections status shows them, or not started.
What a rule does: set and remove properties, emit events, store entries, and call effects after that.`

/** `tidemark rules list`: the rules of the code, and how far workers are with them. */
export const addRulesList = (group: Command): Command =>
  explain(
    rulesOption(storageOptions(group.command('list'))),
    ['rules list --rules ./projections', 'rules list --json'],
    notes,
  )
    .description('Lists rules: what they are on, their checks, actions and effects, and how far workers are with them.')
    .action(({ rules: path, ...options }: RulesOptions) =>
      withStorage(options, async ({ storage, rows }) => {
        const rules = await loadRules(path)
        const listed = await Promise.all(rules.map((rule) => listedRule(storage, rule)))
        await rows(listed, {
          rule: ({ rule }) => rule,
          version: ({ version }) => version,
          running: ({ running }) => running,
          state: ({ state }) => state,
          behind: ({ behind }) => behind,
          parked: ({ parked }) => parked,
          paused: ({ paused }) => paused !== null,
          on: ({ on }) => on.join(', '),
          checks: ({ checks }) => checks.join(', '),
          actions: ({ actions }) => actions.join(', '),
          effects: ({ effects }) => effects.map(({ effect }) => effect).join(', '),
          description: ({ description }) => description,
        })
      }),
    )

async function listedRule(storage: Storage, rule: Rule) {
  const { name, version, description, types, property, checks, actions, effects, record } = rule
  const { code } = await readGroup(storage.leases, name)
  return {
    rule: name,
    version,
    description,
    on: property === undefined ? types : [`property ${property}`],
    checks: checks.map(({ name }) => name),
    actions: actions.map(({ kind, name }) => `${kind} ${name}`),
    record,
    running: code?.version ?? null,
    ...(await progressOf(storage, name)),
    effects: await Promise.all(
      effects.map(async (effect) => ({
        effect: effect.name,
        ...(await progressOf(storage, effectName(rule, effect))),
      })),
    ),
  }
}

// The most urgent first.
const STATES = ['stalled', 'unowned', 'waiting', 'parked', 'paused', 'working', 'idle'] as const

/** How far workers are with a rule or an effect. */
async function progressOf(storage: Storage, name: string) {
  const one = await summaryOf(storage, name)
  if (one === undefined) return { state: 'not started', behind: null, parked: null, paused: null }
  const { behind, parked, paused, ranges } = one
  const state = STATES.find((state) => ranges.some((range) => range.state === state)) ?? 'idle'
  return { state: paused === null || parked > 0 ? state : 'paused', behind, parked, paused }
}

async function summaryOf(storage: Storage, name: string): Promise<VersionSummary | undefined> {
  try {
    return (await listVersions(storage, name))[0]
  } catch (error) {
    if (error instanceof UnknownVersion) return undefined
    throw error
  }
}
