import { z } from 'zod'
import { InvalidConfiguration } from '../../core/errors/input.ts'
import type { WitnessedLog } from '../../integrity/witness/witness.ts'
import { hostSetting, portSetting } from '../../process/common-settings.ts'
import { readSettings } from '../../process/settings.ts'

/** How a witness is run. */
export type WitnessSettings = {
  readonly host: string
  readonly port: number
  readonly folder: string
  readonly name: string | undefined
  readonly logs: readonly WitnessedLog[]
}

/** The origin of a log, or a verifier key of the log before it. */
export type LogName = { readonly kind: 'origin' | 'key'; readonly text: string }

/**
 * Reads the settings of a witness.
 *
 * @param named the logs and their keys; by default those of `WITNESS_LOGS`
 * @throws InvalidConfiguration naming the variable
 */
export function readWitnessSettings(
  environment: Readonly<Record<string, string | undefined>>,
  named: readonly LogName[] = [],
): WitnessSettings {
  const settings = readSettings(environment, {
    HOST: hostSetting,
    WITNESS_PORT: portSetting.default(3100),
    WITNESS_FOLDER: z.string().default('./witness'),
    WITNESS_NAME: z.string().optional(),
    WITNESS_LOGS: z.string().default(''),
  })
  return {
    host: settings.HOST,
    port: settings.WITNESS_PORT,
    folder: settings.WITNESS_FOLDER,
    name: settings.WITNESS_NAME,
    logs: logsOf(named.length > 0 ? named : namesIn(settings.WITNESS_LOGS)),
  }
}

/** An origin has no plus sign, and a verifier key has two. */
const namesIn = (text: string): readonly LogName[] =>
  text
    .split(/\s+/)
    .filter((word) => word !== '')
    .map((word) => ({ kind: word.includes('+') ? 'key' : 'origin', text: word }))

function logsOf(named: readonly LogName[]): readonly WitnessedLog[] {
  const logs: { readonly origin: string; readonly keys: string[] }[] = []
  for (const { kind, text } of named) {
    if (kind === 'origin') logs.push({ origin: text, keys: [] })
    else if (logs.length === 0) throw invalid('a verifier key needs the origin of its log before it (--origin)')
    else logs.at(-1)?.keys.push(text)
  }
  if (logs.length === 0) throw invalid('name a log: --origin <name> --key <verifier key>')
  const origins = new Set<string>()
  for (const { origin, keys } of logs) {
    if (keys.length === 0) throw invalid(`the log ${origin} needs the verifier key of its signer (--key)`)
    if (origins.has(origin)) throw invalid(`the log ${origin} is named twice`)
    origins.add(origin)
  }
  return logs
}

const invalid = (reason: string) => new InvalidConfiguration('WITNESS_LOGS', reason)
