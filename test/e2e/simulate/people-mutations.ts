import { createCipheriv, randomBytes } from 'node:crypto'
import type * as Forget from '../../../src/privacy/forgetting/forget.ts'
import type { SealingKeys } from '../../../src/privacy/sealing/derived-keys.ts'
import type * as Keys from '../../../src/privacy/vault/key-store.ts'
import type { KeyDocument } from '../../../src/privacy/vault/people/key-document.ts'
import type * as Fold from '../../../src/projections/forgetting/fold-forgetting.ts'
import { isForgotten } from '../../../src/projections/projection.ts'
import type { Mutation } from './mutations.ts'

// What must not be done with personal data, done: each of these leaves some readable, or loses some.

/** The usual way to encrypt: a repeated append is then another one. */
const randomNonce: Mutation = {
  replace: {
    module: 'privacy/sealing/seal.ts',
    by: {
      seal({ encryption }: SealingKeys, bound: Buffer, text: string | Uint8Array): Buffer {
        const nonce = randomBytes(12)
        const cipher = createCipheriv('aes-256-gcm', encryption, nonce, { authTagLength: 16 })
        cipher.setAAD(bound)
        return Buffer.concat([nonce, cipher.update(text), cipher.final(), cipher.getAuthTag()])
      },
    },
  },
  parts: ['people'],
  symptom: /no duplicate of itself/,
}

const NO_FENCE = { forgottenThrough: 0, admitted: 1, marker: null }

const fenceOf = (keyId: string): string => `fence-${keyId}`

/** First the key is removed, then it is written down that no other one may be made. */
const separateFence: Mutation = {
  replace: {
    module: 'privacy/vault/key-store.ts',
    by: ({ KeyStore }: Record<string, unknown>) => ({
      KeyStore: class extends (KeyStore as typeof Keys.KeyStore) {
        override async read(keyIds: Iterable<string>) {
          const ids = [...keyIds]
          const { root, keys } = await super.read([...ids, ...ids.map(fenceOf)])
          for (const keyId of ids) {
            const [own, fence] = [keys.get(keyId), keys.get(fenceOf(keyId))?.document ?? NO_FENCE]
            keys.delete(fenceOf(keyId))
            const { forgottenThrough, admitted, marker } = fence
            if (own) keys.set(keyId, { ...own, document: { ...own.document, forgottenThrough, admitted, marker } })
          }
          return { root, keys }
        }
        override async save(keyId: string, document: KeyDocument, condition: Parameters<Keys.KeyStore['save']>[2]) {
          // Documents that contradict themselves are refused; what is stored here is not looked at.
          const own = document.key === null ? { forgottenThrough: document.generation } : {}
          const result = await super.save(keyId, { ...document, ...NO_FENCE, ...own }, condition)
          if (!result.saved || document.forgottenThrough === 0) return result
          for (;;) {
            const found = (await super.read([fenceOf(keyId)])).keys.get(fenceOf(keyId))
            const fence = await super.save(fenceOf(keyId), document, found ? { ifMatch: found.etag } : 'ifAbsent')
            if (fence.saved) return result
          }
        }
        override async *pages(where: Parameters<Keys.KeyStore['pages']>[0], limit?: number) {
          for await (const page of super.pages(where, limit)) {
            const ids = page.map(({ keyId }) => keyId.replace('fence-', ''))
            const { keys } = await this.read(ids)
            yield [...keys].map(([keyId, stored]) => ({ keyId, stored: () => stored }))
          }
        }
      },
    }),
  },
  parts: ['people'],
  symptom: /PersonalDataTampered|PersonalKeyMissing|can be read|still stored/,
}

/** Projections are told at once, and other processes still have the key. */
const earlyMarker: Mutation = {
  replace: {
    module: 'privacy/forgetting/forget.ts',
    by: ({ forget }: Record<string, unknown>) => ({
      forget: (...[forgetting, ...rest]: Parameters<typeof Forget.forget>) =>
        (forget as typeof Forget.forget)({ ...forgetting, margin: -forgetting.epochs.root.longestTtl }, ...rest),
    }),
  },
  parts: ['people'],
  symptom: /after the marker was in the log/,
}

/** What was opened before a person was forgotten is folded after it. */
const refilledView: Mutation = {
  replace: {
    module: 'projections/forgetting/fold-forgetting.ts',
    by: ({ foldForgotten }: Record<string, unknown>) => ({
      foldForgetting: (...[view, { event }, fold]: Parameters<typeof Fold.foldForgetting>) =>
        isForgotten(event)
          ? (foldForgotten as typeof Fold.foldForgotten)(view, event, fold)
          : { ...view, data: fold(view.data, event) },
    }),
  },
  parts: ['people'],
  symptom: /people-search:1:p\d contains personal data/,
}

/** A value is free as soon as its owner does not have it, also while the append of its claim is under way. */
const claimWithoutVersion: Mutation = {
  replace: { module: 'uniqueness/claim.ts', by: { compareSlots: () => 0 } },
  parts: ['people'],
  symptom: /had two owners/,
}

/** By what is wrong. */
export const peopleMutations: Readonly<Record<string, Mutation>> = {
  'personal data that is sealed under a random nonce': randomNonce,
  'a fence that is stored separately from the key': separateFence,
  "a marker before the time to live of the keys' cache is over": earlyMarker,
  'a view in clear that is filled again from events that were opened before': refilledView,
  'a claim without the version of its append': claimWithoutVersion,
}
