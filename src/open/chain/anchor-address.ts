import { InvalidConfiguration } from '../../core/errors/input.ts'

/** Where heads are kept outside the database. */
export type AnchorAddress =
  | { readonly kind: 'file'; readonly folder: string }
  /** A program that is called with `publish` or `latest`. */
  | { readonly kind: 'command'; readonly program: string }
  | { readonly kind: 'witness'; readonly url: string; readonly verifierKey: string }

const EXPECTED =
  'must be file:<folder>, command:<program>, or the URL of a witness, a plus sign and its verifier key, as in https://witness.example+<key>'

/**
 * Parses an anchor: `file:./heads`, `command:./anchor.sh` or `https://witness.example/w+<verifier key>`.
 *
 * @throws InvalidConfiguration
 */
export function parseAnchorAddress(text: string, setting: string): AnchorAddress {
  const [, kind = '', rest = ''] = /^(file|command):(.+)$/s.exec(text) ?? []
  if (kind === 'file') return { kind, folder: rest }
  if (kind === 'command') return { kind, program: rest }
  const [, url, verifierKey] = /^(https?:\/\/[^+\s]+)\+([^+\s]+\+[0-9a-f]{8}\+\S+)$/i.exec(text) ?? []
  if (url !== undefined && verifierKey !== undefined) return { kind: 'witness', url, verifierKey }
  throw new InvalidConfiguration(setting, EXPECTED)
}

/** Parses several, separated by commas. @throws InvalidConfiguration */
export const parseAnchorAddresses = (text: string, setting: string): readonly AnchorAddress[] =>
  text.split(',').map((one) => parseAnchorAddress(one.trim(), setting))
