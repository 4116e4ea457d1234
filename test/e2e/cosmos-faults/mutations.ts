import type { FeedRange } from '../../../src/core/port/change-feed.ts'
import type { StoragePort } from '../../../src/core/port/storage.ts'
import { containsInterval, type HashInterval } from '../../../src/core/positions/hash-interval.ts'
import type { RunOptions } from '../../support/cosmos-faults/run.ts'
import { type Mutation as Known, mutations as known, overwrite, withLeasesOverwritten } from '../simulate/mutations.ts'

// What must not be done with Azure Cosmos DB, done.

/** Something broken on purpose: between a process and its storage, on the way to the server, or in a module of src/. */
export type Mutation = Pick<RunOptions, 'interpose' | 'staleViews' | 'tamper'> &
  Pick<Known, 'replace'> & { readonly symptom: RegExp }

type Tamper = NonNullable<RunOptions['tamper']>

const withoutHeader = (request: Parameters<Tamper>[0], name: string): ReturnType<Tamper> => ({
  ...request,
  headers: [...request.headers].filter(([given]) => given.toLowerCase() !== name),
})

const noSession: Mutation = {
  // Whoever waits must find the lease moved and the view old: some seeds have no old replica of views at all.
  staleViews: 8,
  tamper: (request) => withoutHeader(request, 'x-ms-session-token'),
  symptom: /stale/,
}

/** Each time it is sent, an append has other event ids, so that nobody can know it again. */
function otherIds(): Mutation {
  let sent = 0
  return {
    tamper(request) {
      if (request.method !== 'POST' || typeof request.body !== 'string') return request
      return { ...request, body: request.body.replaceAll(/"eventId":"(a\d+-\d+)"/g, `"eventId":"$1 as ${++sent}"`) }
    },
    symptom: /events are at|was refused, and ends at/,
  }
}

/** Events bear the interval that was a range once, although it was split since. */
function widened(): Mutation {
  const told: FeedRange[] = []
  const widest = ({ min, max }: HashInterval): HashInterval =>
    told.reduce((found, range) => (containsInterval(range, found) ? range : found), { min, max })
  return {
    interpose: (port) => ({
      ...port,
      feed: {
        ...port.feed,
        async ranges() {
          const ranges = await port.feed.ranges()
          told.push(...ranges)
          return ranges
        },
        async read(range, from, options) {
          const page = await port.feed.read(range, from, options)
          return { ...page, events: page.events.map((event) => ({ ...event, range: widest(event.range) })) }
        },
      },
    }),
    symptom: /lost/,
  }
}

const leasesWithoutEtag: Mutation = { interpose: withLeasesOverwritten, symptom: /who had lost it/ }

const viewsWithoutEtag: Mutation = {
  interpose: (port): StoragePort => ({
    ...port,
    viewStore: { ...port.viewStore, save: (document) => overwrite(port, document) },
  }),
  symptom: /folded|lost/,
}

const replaced = (name: keyof typeof known): Mutation => ({
  replace: (known[name] as Known).replace as NonNullable<Known['replace']>,
  symptom: /folded|lost/,
})

/** By what is wrong. Each is made anew for each run. */
export const mutations: Readonly<Record<string, () => Mutation>> = {
  'session tokens that are not sent': () => noSession,
  'a lost answer asked for again under other event ids': otherIds,
  'an interval that stays as wide as it was before the split': widened,
  'leases saved without an ETag': () => leasesWithoutEtag,
  'views saved without an ETag': () => viewsWithoutEtag,
  'an LSN compared with the version, but without the hash': () =>
    replaced('an LSN compared with the version, but without the hash'),
  'one LSN per view instead of a tidemark per range': () =>
    replaced('one LSN per view instead of a tidemark per range'),
}
