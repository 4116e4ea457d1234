import { parseVerifierKey, type VerifierKey } from '../../keys/verifier-key.ts'
import type { Trust } from '../report.ts'

/** The keys that a verification trusts. */
export type TrustedKeys = { readonly heads: readonly VerifierKey[]; readonly witnesses: readonly VerifierKey[] }

/** @throws InvalidChainKey */
export const trustedKeys = ({ keys, witnesses = [] }: Pick<Trust, 'keys' | 'witnesses'>): TrustedKeys => ({
  heads: keys.map(parseVerifierKey),
  witnesses: witnesses.map(parseVerifierKey),
})
