import { createInterface } from 'node:readline/promises'

/**
 * Asks a question on the terminal, which only the word `yes` confirms.
 *
 * @returns undefined where no person can answer, since the input or the standard error is no terminal
 */
export async function askOnTerminal(question: string): Promise<boolean | undefined> {
  if (process.stdin.isTTY !== true || process.stderr.isTTY !== true) return undefined
  const lines = createInterface({ input: process.stdin, output: process.stderr })
  try {
    return (await lines.question(`${question} Type yes to confirm: `)).trim() === 'yes'
  } finally {
    lines.close()
  }
}
