import { InvalidConfiguration } from '../../core/errors/input.ts'
import { askOnTerminal } from './ask.ts'
import { EXIT } from './exit-codes.ts'
import type { Console } from './session.ts'

/**
 * Asks a person to confirm what cannot be undone, unless `--yes` was given. Without confirmation, it says that nothing
 * changed, and sets the exit code.
 *
 * @param ask as `askOnTerminal` does
 * @throws InvalidConfiguration if there is no terminal to answer on
 */
export async function isConfirmed(
  { endWith }: Pick<Console, 'endWith'>,
  yes: boolean,
  question: string,
  ask: typeof askOnTerminal = askOnTerminal,
): Promise<boolean> {
  if (yes) return true
  const answer = await ask(question)
  if (answer === undefined) {
    throw new InvalidConfiguration('--yes', 'is needed without a terminal to confirm on, because this cannot be undone')
  }
  if (answer) return true
  process.stderr.write('Nothing changed\n')
  endWith(EXIT.refused)
  return false
}
