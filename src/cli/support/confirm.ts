import { askOnTerminal } from './ask.ts'
import { EXIT } from './exit-codes.ts'
import type { Console } from './session.ts'

/**
 * Asks a person to confirm what cannot be undone, unless `--yes` was given. Without confirmation, it says that nothing
 * changed, and sets the exit code.
 *
 * @param ask as `askOnTerminal` does
 */
export async function isConfirmed(
  { endWith }: Pick<Console, 'endWith'>,
  yes: boolean,
  question: string,
  ask: typeof askOnTerminal = askOnTerminal,
): Promise<boolean> {
  if (yes) return true
  const answer = await ask(question)
  if (answer) return true
  const how = answer === undefined ? ': there is no terminal to confirm on, so run the command again with --yes' : ''
  process.stderr.write(`Nothing changed${how}\n`)
  endWith(EXIT.refused)
  return false
}
