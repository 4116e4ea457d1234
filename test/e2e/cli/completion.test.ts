import { execFile, spawnSync } from 'node:child_process'
import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { expect, test } from 'vitest'
import { commandTree } from '../../../src/cli/completion/command-tree.ts'
import { SCRIPTS } from '../../../src/cli/completion/completion.ts'
import { tidemark } from '../../../src/cli/program.ts'
import { type Workshop, workshop } from './run-cli.ts'

const run = promisify(execFile)

/** Whether a shell is here; where it is not, the run says so aloud. */
function has(shell: string): boolean {
  const found = spawnSync(shell, ['--version']).status === 0
  if (!found) console.warn(`*** COMPLETION FOR ${shell} IS NOT TESTED: there is no ${shell} on this machine ***`)
  return found
}

async function scriptOf(shop: Workshop, shell: keyof typeof SCRIPTS): Promise<string> {
  const file = join(shop.folder, shell === 'zsh' ? '_tidemark' : `tidemark.${shell}`)
  await writeFile(file, SCRIPTS[shell](commandTree(tidemark())))
  await mkdir(join(shop.folder, 'projections here'), { recursive: true })
  await writeFile(join(shop.folder, 'plain-file'), '')
  return file
}

type Completer = (line: string) => Promise<readonly string[]>

const bash =
  (folder: string, script: string): Completer =>
  async (line) => {
    const words = line.split(' ')
    const text = `
      source "$1"; shift
      COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1))
      _tidemark; printf '%s\\n' "\${COMPREPLY[@]}"`
    const { stdout } = await run('bash', ['--norc', '-c', text, 'bash', script, ...words], { cwd: folder })
    return stdout.split('\n').filter((one) => one !== '')
  }

// What the completion system of zsh is given is printed instead: it shows itself on a terminal only.
const zsh =
  (folder: string, script: string): Completer =>
  async (line) => {
    const words = line.split(' ')
    const text = `
      compdef() { : }
      _describe() { local name; [[ $1 == -o ]] && shift; name=$2; print -rl -- "\${(@)\${(@P)name}%%:*}" }
      _files() { if [[ $1 == -/ ]]; then print -rl -- *(/N); else print -rl -- *(N); fi }
      _message() { : }
      source "$1"; shift
      words=("$@"); CURRENT=$#
      prefix=$words[-1]
      for one in "\${(@f)$(_tidemark)}"; do [[ $one == $prefix* ]] && print -r -- $one; done; true`
    const { stdout } = await run('zsh', ['-f', '-c', text, 'zsh', script, ...words], { cwd: folder })
    return stdout.split('\n').filter((one) => one !== '')
  }

const fish =
  (folder: string, script: string): Completer =>
  async (line) => {
    const env = { ...process.env, HOME: folder, XDG_CONFIG_HOME: folder, XDG_DATA_HOME: folder }
    const text = 'source $argv[1]; complete -C $argv[2]'
    const { stdout } = await run('fish', ['--no-config', '-c', text, script, line], { cwd: folder, env })
    return stdout.split('\n').flatMap((one) => (one === '' ? [] : [one.split('\t')[0] as string]))
  }

for (const [shell, make] of Object.entries({ bash, zsh, fish })) {
  test.skipIf(!has(shell))(
    `${shell} completes commands, options and folders`,
    async () => {
      await using shop = await workshop()
      const complete = make(shop.folder, await scriptOf(shop, shell as keyof typeof SCRIPTS))
      const commands = tidemark().commands.map((one) => one.name())
      expect(await complete('tidemark ')).toEqual(expect.arrayContaining(commands))
      expect(await complete('tidemark stre')).toEqual(['streams'])
      expect([...(await complete('tidemark streams '))].filter((one) => !one.startsWith('-')).toSorted()).toEqual([
        'export',
        'list',
        'show',
      ])
      expect(await complete('tidemark projections re')).toEqual(expect.arrayContaining(['rebuild', 'resume']))
      expect(await complete('tidemark streams list --c')).toEqual(['--category'])
      expect(await complete('tidemark --storage x parked replay --dry')).toEqual(['--dry-run'])
      expect(await complete('tidemark completion f')).toEqual(['fish'])
      const folders = (await complete('tidemark worker --projections ')).map((one) =>
        one.replace(/\\ |\/$/g, (m) => (m === '/' ? '' : ' ')),
      )
      expect(folders).toContain('projections here')
      expect(folders).not.toContain('plain-file')
      // A stream or key that is called as a command is named leads nowhere else.
      expect(await complete('tidemark streams show list --b')).toEqual(['--backwards'])
    },
    60_000,
  )
}

test('a script is printed for the shells that are known', async () => {
  await using shop = await workshop()
  const script = SCRIPTS.bash(commandTree(tidemark()))
  expect(await shop.run(['completion', 'bash'])).toEqual({ code: 0, stdout: script, stderr: '' })
  expect(await shop.run(['completion', 'tcsh'])).toMatchObject({
    code: 2,
    stdout: '',
    stderr: expect.stringMatching(/^InvalidUsage: .*bash, zsh, fish/),
  })
}, 60_000)
