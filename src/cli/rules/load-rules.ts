import type { Command } from 'commander'
import { InvalidConfiguration, InvalidDefinition } from '../../core/errors/input.ts'
import { loadExports } from '../../open/definitions/load-exports.ts'
import { isRule, type Rule } from '../../rules/definition/rule.ts'
import type { CommonOptions } from '../support/session.ts'

/** The options of commands on rules. */
export type RulesOptions = CommonOptions & { readonly rules: string }

const SETTING = '--rules'

/** Adds the option that names the code. */
export const rulesOption = (command: Command): Command =>
  command.option(`${SETTING} <path>`, 'file or folder whose modules export the rules', './projections')

/**
 * Loads the rules that a file, or the files of a folder, export, by default or under a name.
 *
 * @returns them by name
 * @throws InvalidConfiguration if it cannot be read, or there is none; InvalidDefinition naming a file that cannot be
 *   loaded, or that exports a second rule of a name
 */
export async function loadRules(path: string): Promise<readonly Rule[]> {
  const found = new Map<string, Rule>()
  for (const { value: rule, file } of await loadExports(path, SETTING, isRule)) {
    if ((found.get(rule.name) ?? rule) !== rule) {
      throw new InvalidDefinition(`${file}: there is another rule ${rule.name}`)
    }
    found.set(rule.name, rule)
  }
  if (found.size === 0) throw new InvalidConfiguration(SETTING, `${path} exports no rule`)
  return [...found.values()].sort((a, b) => (a.name < b.name ? -1 : 1))
}
