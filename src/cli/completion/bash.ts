import { type CompletedCommand, type CompletedOption, transitions } from './command-tree.ts'

/** A completion script for bash 3.2 and later. */
export const bashScript = (tree: readonly CompletedCommand[]): string => `# bash completion for tidemark
_tidemark() {
  local cur=\${COMP_WORDS[COMP_CWORD]} prev=\${COMP_WORDS[COMP_CWORD-1]} path= words= IFS=$' \\n' i
  for ((i = 1; i < COMP_CWORD; i++)); do
    case "$path/\${COMP_WORDS[i]}" in
      ${transitions(tree).join('|')}) path="$path/\${COMP_WORDS[i]}" ;;
    esac
  done
  case "$path $prev" in
${tree.flatMap(valueCases).join('\n')}
  esac
  case "$path" in
${tree.map(wordCase).join('\n')}
  esac
  COMPREPLY=($(compgen -W "$words" -- "$cur"))
}
_tidemark_files() {
  local IFS=$'\\n'
  compopt -o filenames 2>/dev/null
  COMPREPLY=($(compgen "$1" -- "$cur"))
}
complete -F _tidemark tidemark
`

function valueCases({ path, options }: CompletedCommand): string[] {
  const taking = options.filter(({ value }) => value !== undefined)
  return taking.map(({ flags, value }) => {
    const patterns = flags.map((flag) => `"${path} ${flag}"`).join('|')
    return `    ${patterns}) ${fileAction(value) ?? 'COMPREPLY=()'}; return ;;`
  })
}

function wordCase({ path, commands, options, argument, choices }: CompletedCommand): string {
  const words = [...commands.map(({ name }) => name), ...choices, ...options.flatMap(flagsOf)].join(' ')
  const files = fileAction(argument)
  const first = files ? `if [[ $cur != -* ]]; then ${files}; return; fi; ` : ''
  return `    "${path}") ${first}words="${words}" ;;`
}

const flagsOf = ({ flags }: CompletedOption): readonly string[] => flags

const fileAction = (kind: CompletedOption['value']): string | undefined =>
  kind === 'folder' ? '_tidemark_files -d' : kind === 'file' ? '_tidemark_files -f' : undefined
