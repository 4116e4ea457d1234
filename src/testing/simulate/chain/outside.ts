import { createPrivateKey, createPublicKey, sign } from 'node:crypto'
import { AnchorRefused } from '../../../core/errors/integrity.ts'
import type { Anchor } from '../../../integrity/heads/anchor.ts'
import type { TreeHead } from '../../../integrity/heads/head.ts'
import type { Signer } from '../../../integrity/heads/signer.ts'
import { callbackSigner } from '../../../integrity/heads/signers/callback-signer.ts'
import { verifyConsistency } from '../../../integrity/merkle/consistency.ts'
import { EMPTY_ROOT } from '../../../integrity/merkle/hash.ts'
import { headIn } from '../../../integrity/notes/head-text.ts'
import { below } from '../../conformance/support/random.ts'
import type { Call } from '../storage/network.ts'

/** The simulated chain's name. */
export const ORIGIN = 'simulated/chain'

/** What keeps heads outside the database: it accepts only what extends the head that it has. */
export type Outside = {
  /** The number of blocks of the head that it keeps. */
  readonly size: number
  /** What a process reaches it by. */
  reachedBy(call: Call): Anchor
}

/**
 * Creates it.
 *
 * @param refused called when it refuses a head that contradicts the one that it has
 */
export function createOutside(refused: (reason: string) => void): Outside {
  let kept: { readonly note: string; readonly head: TreeHead } | undefined

  /** @returns false if it has another head than the one that the path begins at */
  const keep = (note: string, from: number, path: Parameters<typeof verifyConsistency>[2]): boolean => {
    const head = headIn(note)
    const { size, root } = kept?.head ?? { size: 0, root: EMPTY_ROOT }
    if (head.size < size) throw new AnchorRefused(`it has a head of ${size} blocks`, size)
    if (size !== from) return false
    if (!verifyConsistency(size, head.size, path, root, head.root)) {
      refused(`a head of ${head.size} blocks does not extend the one of ${size}`)
      throw new AnchorRefused('it has another head', size)
    }
    kept = { note, head }
    return true
  }

  return {
    get size() {
      return kept?.head.size ?? 0
    },
    reachedBy: (call) => ({
      name: 'outside',
      // In an object, so that the trace has no hashes: they depend on the identity of the database.
      latest: async () => (await call('outside.latest', '', async () => ({ note: kept?.note }))).note,
      async publish(note, prove) {
        const { size } = headIn(note)
        // Others publish meanwhile: only a head that this one contradicts, or a larger one, is a reason to refuse it.
        for (;;) {
          const from = kept?.head.size ?? 0
          const path = from > 0 && from < size ? await prove(from) : []
          const answer = await call('outside.publish', `${size} blocks`, async () => ({ kept: keep(note, from, path) }))
          if (answer.kept) return note
        }
      },
    }),
  }
}

// What an Ed25519 key looks like in PKCS #8 (RFC 8410, section 7), before its 32 bytes.
const PKCS8 = '302e020100300506032b657004220420'

/** The signer of all processes; its key comes from the seed. */
export function createSigner(random: () => number): Signer {
  const bytes = Buffer.from(Array.from({ length: 32 }, () => below(random, 256)))
  const key = createPrivateKey({ key: Buffer.concat([Buffer.from(PKCS8, 'hex'), bytes]), format: 'der', type: 'pkcs8' })
  return callbackSigner({
    name: ORIGIN,
    publicKey: createPublicKey(key).export({ type: 'spki', format: 'der' }),
    sign: async (message) => sign(null, message, key),
  })
}
