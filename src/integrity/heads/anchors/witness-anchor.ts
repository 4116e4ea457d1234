import { InvalidOption } from '../../../core/errors/input.ts'
import { AnchorRefused, AnchorUnavailable, InvalidChainKey } from '../../../core/errors/integrity.ts'
import { WITNESS_KEY } from '../../keys/key-type.ts'
import { parseVerifierKey } from '../../keys/verifier-key.ts'
import { parseDecimal } from '../../notes/decimal.ts'
import { headIn, openHead } from '../../notes/head-text.ts'
import { checkSignatures } from '../../notes/open-note.ts'
import { addSignatures } from '../../notes/sign-note.ts'
import { parseNote, parseSignatures } from '../../notes/signed-note.ts'
import type { Anchor } from '../anchor.ts'
import { originHash } from '../origin-hash.ts'
import { request } from './bounded-request.ts'
import { formatAddCheckpoint } from './witness-protocol.ts'

/** How a witness is called. */
export type WitnessAnchorOptions = {
  /** Milliseconds that a request may take. Default 10,000. */
  readonly timeout?: number
}

// Other signers may publish meanwhile.
const ATTEMPTS = 5

/**
 * A witness (C2SP, tlog-witness), such as `tidemark witness`: it signs that a chain has only ever grown. Its signatures
 * are verified, so that no proxy needs to be trusted.
 *
 * @param url the prefix of its addresses, without credentials
 * @param verifierKey its key, of the type of cosignatures
 * @throws InvalidOption, InvalidChainKey
 */
export function witnessAnchor(url: string, verifierKey: string, options: WitnessAnchorOptions = {}): Anchor {
  const { timeout = 10_000 } = options
  const prefix = prefixOf(url)
  const key = parseVerifierKey(verifierKey)
  if (key.type !== WITNESS_KEY) throw new InvalidChainKey(`${key.name} is not the key of a witness`)
  const name = `witness ${prefix.replace(/^https?:\/\//, '')}`
  const call = (path: string, body?: string) => request(name, `${prefix}/${path}`, { timeout, body })
  // So that a proof mostly begins at the right size at once.
  const sizes = new Map<string, number>()
  const unexpected = (status: number, what = '') => new AnchorUnavailable(`${name}: answered ${status}${what}`)

  /** The note with the signatures that the witness returned, of which one must be its own. */
  function cosigned(note: string, lines: string): string {
    try {
      const { text } = parseNote(note)
      const { verified } = checkSignatures({ text, signatures: parseSignatures(lines) }, [key])
      if (verified.length > 0)
        return addSignatures(
          note,
          verified.map(({ signature }) => signature),
        )
    } catch (cause) {
      throw new AnchorUnavailable(`${name}: answered with something that is no signature`, { cause })
    }
    throw new AnchorUnavailable(`${name}: answered without a signature of ${key.name}`)
  }

  return {
    name,
    async latest(origin) {
      const { status, body } = await call(`${originHash(origin)}/checkpoint`)
      if (status === 404) return undefined
      if (status !== 200) throw unexpected(status)
      try {
        sizes.set(origin, openHead(body, origin, [key]).head.size)
      } catch (cause) {
        throw new AnchorUnavailable(`${name}: answered with a head that ${key.name} did not sign`, { cause })
      }
      return body
    },
    async publish(note, prove) {
      const { origin, size } = headIn(note)
      let from = Math.min(sizes.get(origin) ?? 0, size)
      for (let attempt = 1; attempt <= ATTEMPTS; attempt++) {
        const path = from === 0 ? [] : await prove(from)
        const { status, body } = await call('add-checkpoint', formatAddCheckpoint({ from, path, note }))
        if (status === 200) {
          const witnessed = cosigned(note, body)
          sizes.set(origin, size)
          return witnessed
        }
        if (status === 422)
          throw new AnchorRefused(`${name}: the head contradicts the one of size ${from} that it keeps`, from)
        if (status === 403) throw unexpected(status, ': it does not trust the key that signed the head')
        if (status === 404) throw unexpected(status, ': it does not know the chain')
        if (status !== 409) throw unexpected(status)
        const known = parseDecimal(body.replace(/\n$/, ''))
        if (known === undefined) throw unexpected(status, ' without the size that it keeps')
        if (known > size) throw new AnchorRefused(`${name}: it keeps a larger head of ${known}`, known)
        from = known
      }
      throw new AnchorUnavailable(`${name}: others published ${ATTEMPTS} heads meanwhile`)
    },
  }
}

function prefixOf(url: string): string {
  const parsed = URL.parse(url)
  const expected = 'an http or https URL without credentials, query and fragment'
  // The value is not repeated, because it may contain a secret.
  if (
    !parsed ||
    !/^https?:$/.test(parsed.protocol) ||
    parsed.username ||
    parsed.password ||
    parsed.search ||
    parsed.hash
  ) {
    throw new InvalidOption('url', expected, undefined)
  }
  return parsed.href.replace(/\/+$/, '')
}
