import type { Command } from 'commander'

/**
 * Adds what the help of a command says after its options.
 *
 * @param examples commands without the leading `tidemark`
 * @param notes lines of text that come before the examples
 */
export const explain = (command: Command, examples: readonly string[], notes = ''): Command =>
  command.addHelpText(
    'after',
    [
      ...(notes === '' ? [] : ['', notes.trim()]),
      '',
      examples.length === 1 ? 'Example:' : 'Examples:',
      ...examples.map((example) => `  $ tidemark ${example}`),
    ].join('\n'),
  )
