import type * as Claims from '../../../../src/uniqueness/claim.ts'
import type * as Release from '../../../../src/uniqueness/release-claims.ts'
import type * as Take from '../../../../src/uniqueness/take-claim.ts'

/** A mistake: a module of the sources with some exports replaced. */
export type Mutation = {
  readonly replace: { readonly module: string; readonly by: object | ((original: never) => object) }
}

/** Mistakes in claims, each of which gives a value two owners. */
export const mutations = {
  'claims that do not name the version of their append': {
    replace: { module: 'uniqueness/claim.ts', by: { compareSlots: () => 0 } },
  },
  'a take-over that does not occupy the version of the append in flight': {
    replace: { module: 'uniqueness/end-claim.ts', by: { endClaim: async () => true } },
  },
  'a claim that replaces a later one of the same owner': {
    replace: {
      module: 'uniqueness/claim.ts',
      by: ({ compareSlots }: typeof Claims) => ({
        compareSlots: (...slots: Parameters<typeof compareSlots>) => Math.min(0, compareSlots(...slots)),
      }),
    },
  },
  'claims that are given back although another process of their owner relies on them': {
    replace: {
      module: 'uniqueness/take-claim.ts',
      by: ({ takeClaim }: typeof Take) => ({
        takeClaim: async (...args: Parameters<typeof takeClaim>) => ({ ...(await takeClaim(...args)), isNew: true }),
      }),
    },
  },
  'claims that are given back under whatever ETag they have': {
    replace: {
      module: 'uniqueness/release-claims.ts',
      by: ({ claimsToRelease, releaseClaims }: typeof Release) => {
        type Store = Parameters<typeof releaseClaims>[0] & Parameters<typeof claimsToRelease>[0]
        return {
          releaseClaims: async (store: Store, claims: Parameters<typeof releaseClaims>[1]) => {
            for (const { key } of claims) {
              const found = await store.get({ projection: '$unique', version: 1, key })
              if (found) await releaseClaims(store, [{ key, etag: found.etag }])
            }
          },
        }
      },
    },
  },
} satisfies Record<string, Mutation>
