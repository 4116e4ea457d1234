import { Argument, type Command } from 'commander'
import { explain } from '../support/help.ts'
import { withConsole } from '../support/session.ts'
import { bashScript } from './bash.ts'
import { commandTree } from './command-tree.ts'
import { fishScript } from './fish.ts'
import { zshScript } from './zsh.ts'

/** How the script of each shell is made. */
export const SCRIPTS = { bash: bashScript, zsh: zshScript, fish: fishScript }

const notes = `
To load it in every session:
  bash  echo 'source <(tidemark completion bash)' >> ~/.bashrc
  zsh   tidemark completion zsh > ~/.zfunc/_tidemark, where fpath has ~/.zfunc before compinit is called
  fish  tidemark completion fish > ~/.config/fish/completions/tidemark.fish`

/** `tidemark completion`: a script that completes commands and options in a shell. */
export const addCompletion = (program: Command): Command =>
  explain(program.command('completion'), ['completion bash'], notes)
    .description('Prints a script that completes commands and options in a shell.')
    .addArgument(new Argument('<shell>', 'the shell').choices(Object.keys(SCRIPTS)))
    .action((shell: keyof typeof SCRIPTS) =>
      withConsole(false, async ({ out }) => {
        for (const line of SCRIPTS[shell](commandTree(program)).trimEnd().split('\n')) await out.line(line)
      }),
    )
