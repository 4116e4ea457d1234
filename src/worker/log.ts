import pino, { type Logger } from 'pino'
import { visibleText } from '../process/visible-text.ts'
import { logError } from './log-error.ts'

/**
 * The log of a process: lines of JSON on standard output, without characters that control a terminal.
 *
 * @param level a pino level
 */
export const createLog = (name: string, level: string): Logger =>
  pino(
    { name, level, serializers: { err: logError } },
    { write: (line) => void process.stdout.write(`${visibleText(line.trimEnd())}\n`) },
  )
