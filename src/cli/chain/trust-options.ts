import { readFileSync } from 'node:fs'
import type { Command } from 'commander'
import { InvalidConfiguration } from '../../core/errors/input.ts'
import { InvalidNote } from '../../core/errors/integrity.ts'

/** What a command trusts. All of it comes from who verifies. */
export type TrustOptions = {
  readonly key?: readonly string[]
  readonly witness?: readonly string[]
  readonly origin?: string
  readonly ledger?: string
}

/** The options, read. */
export type TrustedKeys = {
  readonly origin: string
  /** What errors call the origin. */
  readonly originSetting: string
  readonly keys: readonly string[]
  readonly witnesses?: readonly string[]
}

/** Adds the options that say which keys are trusted. */
export const keyOptions = (command: Command): Command =>
  command
    .option('--key <key>', 'trusted verifier key of the chain, or a file with one on each line; repeatable', repeated)
    .option('--witness <key>', 'trusted key of a witness, which must have cosigned, or a file; repeatable', repeated)
    .option('--origin <name>', "name of the chain (default: CHAIN_ORIGIN, else the first key's name)")

/** Collects the values of an option that may be repeated. */
export const repeated = (text: string, before: readonly string[] = []): readonly string[] => [...before, text]

/** Reads them. @throws InvalidConfiguration if no key is given, or a file cannot be read */
export function readTrust({ key = [], witness = [], origin }: TrustOptions): TrustedKeys {
  const keys = key.flatMap((text) => keysIn(text, '--key'))
  const [first] = keys
  if (first === undefined) {
    throw new InvalidConfiguration(
      '--key',
      'is needed: the verifier key that tidemark chain key prints where heads are signed',
    )
  }
  const witnesses = witness.flatMap((text) => keysIn(text, '--witness'))
  return {
    ...namedOrigin(origin, first),
    keys,
    ...(witnesses.length > 0 && { witnesses }),
  }
}

function namedOrigin(given: string | undefined, key: string): Pick<TrustedKeys, 'origin' | 'originSetting'> {
  if (given !== undefined) return { origin: given, originSetting: '--origin' }
  const { CHAIN_ORIGIN: set } = process.env
  if (set) return { origin: set, originSetting: 'CHAIN_ORIGIN' }
  return { origin: key.slice(0, key.indexOf('+')), originSetting: '--key' }
}

/** Where the ledger is, if not in the storage. */
export function ledgerOf({ ledger = process.env.CHAIN_LEDGER }: TrustOptions): { readonly ledger?: string } {
  return ledger ? { ledger } : {}
}

function keysIn(text: string, option: string): readonly string[] {
  // A file whose name has this form can be given as ./<name>.
  if (/^[^+/.][^+]*\+[0-9a-f]{8}\+/.test(text)) return [text]
  return linesOf(readText(text, option, 'is neither a verifier key nor a file that can be read'))
}

const linesOf = (text: string): readonly string[] =>
  text
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '')

/** The text of a file that an option or an argument names. @throws InvalidConfiguration */
export function readText(file: string, option: string, otherwise = 'cannot be read'): string {
  try {
    return readFileSync(file, 'utf8')
  } catch (cause) {
    throw new InvalidConfiguration(option, `${file} ${otherwise}: ${(cause as NodeJS.ErrnoException).code}`, { cause })
  }
}

/** The signed head in a file that an option names. @throws InvalidConfiguration if it cannot be read, or contains no head */
export async function readNote(file: string, option: string): Promise<string> {
  const text = readText(file, option)
  const { headIn } = await import('../../integrity/notes/head-text.ts')
  try {
    headIn(text)
    return text
  } catch (cause) {
    if (!(cause instanceof InvalidNote)) throw cause
    throw new InvalidConfiguration(option, `${file}: ${cause.message}`, { cause })
  }
}
