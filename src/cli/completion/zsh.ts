import { type CompletedCommand, type CompletedOption, transitions } from './command-tree.ts'

/** A completion script for zsh, to be sourced, or saved as `_tidemark` in a folder of \`$fpath\`. */
export const zshScript = (tree: readonly CompletedCommand[]): string => `#compdef tidemark
_tidemark() {
  local place= word
  local -a commands options
  for word in "\${(@)words[2,CURRENT-1]}"; do
    case "$place/$word" in
      (${transitions(tree).join('|')}) place="$place/$word" ;;
    esac
  done
  case "$place \${words[CURRENT-1]}" in
${tree.flatMap(valueCases).join('\n')}
  esac
  case "$place" in
${tree.map(wordCase).join('\n')}
  esac
  if [[ \${words[CURRENT]} == -* ]]; then
    _describe -o option options
  elif (( \${#commands} )); then
    _describe command commands
  fi
}
if [[ \${funcstack[1]} == _tidemark ]]; then
  _tidemark "$@"
else
  compdef _tidemark tidemark
fi
`

function valueCases({ path, options }: CompletedCommand): string[] {
  const taking = options.filter(({ value }) => value !== undefined)
  return taking.map(({ flags, value }) => {
    const patterns = flags.map((flag) => quoted(`${path} ${flag}`)).join('|')
    return `    (${patterns}) ${fileAction(value) ?? '_message value'}; return ;;`
  })
}

function wordCase({ path, commands, options, argument, choices }: CompletedCommand): string {
  const names = [...commands.map(({ name, description }) => entry(name, description)), ...choices.map(quoted)]
  const flags = options.flatMap((option) => option.flags.map((flag) => entry(flag, option.description)))
  const files = fileAction(argument)
  const first = files ? `[[ \${words[CURRENT]} != -* ]] && { ${files}; return }; ` : ''
  return `    (${quoted(path)}) ${first}commands=(${names.join(' ')}) options=(${flags.join(' ')}) ;;`
}

const entry = (name: string, description: string): string => quoted(`${name}:${description}`)

const quoted = (text: string): string => `'${text.replaceAll("'", `'\\''`)}'`

const fileAction = (kind: CompletedOption['value']): string | undefined =>
  kind === 'folder' ? '_files -/' : kind === 'file' ? '_files' : undefined
