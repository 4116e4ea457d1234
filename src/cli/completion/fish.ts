import { type CompletedCommand, type CompletedOption, transitions } from './command-tree.ts'

/** A completion script for fish 3 and later. */
export const fishScript = (tree: readonly CompletedCommand[]): string => `# fish completion for tidemark
function __tidemark_at
  set -l place ''
  for word in (commandline -opc)[2..-1]
    if contains -- "$place/$word" ${transitions(tree).join(' ')}
      set place "$place/$word"
    end
  end
  test "$place" = "$argv[1]"
end
complete -c tidemark -f
${tree.flatMap(linesOf).join('\n')}
`

function linesOf({ path, commands, options, argument, choices }: CompletedCommand): string[] {
  const at = `complete -c tidemark -n ${quoted(`__tidemark_at ${quoted(path)}`)}`
  return [
    ...commands.map(({ name, description }) => `${at} -a ${name} -d ${quoted(description)}`),
    ...choices.map((choice) => `${at} -a ${choice}`),
    ...(argument === undefined || argument === 'other' ? [] : [`${at} ${filesOf(argument)}`]),
    ...options.map((option) => `${at} ${flagsOf(option)}${takesValue(option)} -d ${quoted(option.description)}`),
  ]
}

const flagsOf = ({ flags }: CompletedOption): string =>
  flags.map((flag) => (flag.startsWith('--') ? `-l ${flag.slice(2)}` : `-s ${flag.slice(1)}`)).join(' ')

const takesValue = ({ value }: CompletedOption): string =>
  value === undefined ? '' : value === 'file' ? ' -r -F' : value === 'folder' ? ` -x ${filesOf(value)}` : ' -x'

const filesOf = (kind: CompletedOption['value']): string =>
  kind === 'folder' ? `-a '(__fish_complete_directories)'` : '-F'

const quoted = (text: string): string => `'${text.replaceAll('\\', '\\\\').replaceAll("'", "\\'")}'`
