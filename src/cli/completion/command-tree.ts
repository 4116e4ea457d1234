import type { Command, Option } from 'commander'

/** What a value may be completed with: names of folders, of files, or nothing that a shell could know. */
export type ValueKind = 'folder' | 'file' | 'other'

/** An option as a shell completes it. */
export type CompletedOption = {
  /** `--json`, and `-V` where it has a short form. */
  readonly flags: readonly string[]
  readonly description: string
  /** Undefined for an option without a value. */
  readonly value: ValueKind | undefined
}

/** A command, its place in the tree, and what may follow it. */
export type CompletedCommand = {
  /** The names of the commands that lead to it, as in `/streams/list`; empty for the program itself. */
  readonly path: string
  readonly commands: readonly { readonly name: string; readonly description: string }[]
  readonly options: readonly CompletedOption[]
  /** What its first argument may be; undefined where it takes none. */
  readonly argument: ValueKind | undefined
  /** Words that its first argument must be one of. */
  readonly choices: readonly string[]
}

/** Reads a program's commands, the program itself first. Completion knows what the help knows, so neither can be older. */
export function commandTree(program: Command): CompletedCommand[] {
  const tree: CompletedCommand[] = []
  walk(program, '')
  return tree

  function walk(command: Command, path: string): void {
    const help = command.createHelp()
    const commands = help.visibleCommands(command).filter((one) => one.name() !== 'help')
    const [first] = command.registeredArguments
    tree.push({
      path,
      commands: commands.map((one) => ({ name: one.name(), description: sentence(one.description()) })),
      options: help.visibleOptions(command).map(optionOf),
      argument: first && kindOf(first.name()),
      choices: first?.argChoices ?? [],
    })
    for (const one of commands) walk(one, `${path}/${one.name()}`)
  }
}

const optionOf = (option: Option): CompletedOption => ({
  flags: [option.short, option.long].filter((flag) => flag !== undefined && flag !== null),
  description: option.description,
  value: option.required || option.optional ? kindOf(valueName(option.flags)) : undefined,
})

const valueName = (flags: string): string => /[<[]([^\].>]+)/.exec(flags)?.[1] ?? ''

const kindOf = (name: string): ValueKind => (name === 'folder' || name === 'file' ? name : 'other')

const sentence = (text: string): string => text.replace(/\.$/, '')

/** The paths of all commands below the program: whatever else stands on a line is no command. */
export const transitions = (tree: readonly CompletedCommand[]): string[] =>
  tree.map(({ path }) => path).filter((path) => path !== '')
