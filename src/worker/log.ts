import pino, { type Logger } from 'pino'
import { visibleText } from '../process/visible-text.ts'

/**
 * The log of a process: lines of JSON on the standard output, in which nothing is left that a terminal would obey.
 *
 * @param level one of pino's
 */
export const createLog = (name: string, level: string): Logger =>
  pino({ name, level }, { write: (line) => void process.stdout.write(`${visibleText(line.trimEnd())}\n`) })
