import type { Command } from 'commander'
import type { CommonOptions } from '../support/session.ts'

/** The options of commands on unique values. */
export type Options = CommonOptions & { readonly aggregates: string }

/** At most this many aggregates are named. */
export const MOST_NAMED = 20

/** Adds the option that names the code. */
export const aggregatesOption = (command: Command): Command =>
  command.requiredOption('--aggregates <file>', 'file or folder whose modules export the aggregates')
