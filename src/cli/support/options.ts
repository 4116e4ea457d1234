import { type Command, InvalidArgumentError } from 'commander'

/** Adds what every command on a storage has. */
export const storageOptions = (command: Command): Command =>
  command
    .option('--storage <url>', 'the storage (default: TIDEMARK_STORAGE, else file:./data)')
    .option('--json', 'answer for programs')

/** Takes a whole number from 1. */
export function wholeNumber(text: string): number {
  const value = Number(text)
  if (!/^\d+$/.test(text) || !Number.isSafeInteger(value) || value < 1) {
    throw new InvalidArgumentError('It must be a whole number from 1.')
  }
  return value
}

/** Takes a moment, in ISO 8601. */
export function moment(text: string): Date {
  const date = new Date(text)
  if (Number.isNaN(date.getTime())) throw new InvalidArgumentError('It must be a time such as 2026-01-31T12:00:00Z.')
  return date
}
