import { defineProjection } from '../../../projections/define-projection.ts'
import type { Projection } from '../../../projections/projection.ts'
import { memberEvents, NAMELESS } from './members.ts'

const PREFIX = 'people-'

/** Whether a projection is one of those that people are in. */
export const isOfPeople = ({ name }: Pick<Projection, 'name'>): boolean => name.startsWith(PREFIX)

/** The only one whose stored views have personal data in clear. */
export const SWEPT = `${PREFIX}search`

type Seen = { readonly [streamId: string]: readonly number[] }
type Place = { readonly streamId: string; readonly version: number }

// By stream, so that the order in which the ranges of the feed are read makes no difference.
const see = (seen: Seen, { streamId, version }: Place): Seen => ({
  ...seen,
  [streamId]: [...(seen[streamId] ?? []), version],
})

type Handled = Place & { readonly data: { readonly poisoned: boolean } }

/**
 * Creates a projection of each kind: one that gets no personal data, one whose views are sealed, and one whose views
 * are in clear and swept.
 *
 * @param before called before each fold; what it throws, the handler throws
 */
export function createPeopleProjections(before: (event: Handled) => void = () => {}) {
  const counted = (view: { readonly seen: Seen; readonly members: string }, event: Handled) => {
    before(event)
    // Personal members that a handler got would be among these.
    const members = [...new Set([...view.members.split(' '), ...Object.keys(event.data)])].sort().join(' ').trim()
    return { seen: see(view.seen, event), members }
  }
  const plans = defineProjection(`${PREFIX}plans`, {
    events: memberEvents,
    key: ({ data }) => data.memberId,
    initial: () => ({ seen: {} as Seen, members: '' }),
    on: {
      Joined: counted,
      Renamed: counted,
      EmailChanged: counted,
      Introduced: counted,
      Visited: counted,
      PlanChanged: counted,
    },
  })

  const cards = defineProjection(`${PREFIX}cards`, {
    events: memberEvents,
    key: ({ data }) => data.memberId,
    initial: (key) => ({
      memberId: key,
      name: NAMELESS,
      email: '',
      friend: null as string | null,
      friendName: NAMELESS,
      seen: [] as readonly number[],
    }),
    on: {
      Joined: (view, event) => {
        before(event)
        const { name, email } = event.data
        return { ...view, name, email, seen: [...view.seen, event.version] }
      },
      Renamed: (view, event) => {
        before(event)
        return { ...view, name: event.data.name, seen: [...view.seen, event.version] }
      },
      EmailChanged: (view, event) => {
        before(event)
        return { ...view, email: event.data.email, seen: [...view.seen, event.version] }
      },
      Introduced: (view, event) => {
        before(event)
        const { ownName, other, otherName } = event.data
        return { ...view, name: ownName, friend: other, friendName: otherName, seen: [...view.seen, event.version] }
      },
      PlanChanged: (view, event) => {
        before(event)
        return { ...view, seen: [...view.seen, event.version] }
      },
    },
    personal: [
      { of: (view) => view.memberId, fields: { name: NAMELESS, email: '' } },
      { of: (view) => view.friend, fields: { friendName: NAMELESS } },
    ],
  })

  type Found = {
    readonly memberId: string
    readonly names: { readonly [streamId: string]: string }
    readonly email: string
    readonly seen: Seen
  }
  const named = (view: Found, event: Handled, name: string): Found => {
    before(event)
    return { ...view, names: { ...view.names, [event.streamId]: name }, seen: see(view.seen, event) }
  }
  const search = defineProjection(SWEPT, {
    events: memberEvents,
    key: ({ type, data }) => (type === 'Introduced' ? [data.memberId, data.other] : data.memberId),
    initial: (key): Found => ({ memberId: key, names: {}, email: '', seen: {} }),
    on: {
      Joined: (view, event) => ({ ...named(view, event, event.data.name), email: event.data.email }),
      Renamed: (view, event) => named(view, event, event.data.name),
      EmailChanged: (view, event) => {
        before(event)
        return { ...view, email: event.data.email, seen: see(view.seen, event) }
      },
      Introduced: (view, event) =>
        named(view, event, view.memberId === event.data.memberId ? event.data.ownName : event.data.otherName),
      Visited: (view, event) => named(view, event, event.data.name),
    },
    forgotten: {
      key: (person) => person,
      fold: (view) => ({
        ...view,
        names: Object.fromEntries(Object.keys(view.names).map((streamId) => [streamId, NAMELESS])),
        email: '',
      }),
    },
  })
  return { plans, cards, search }
}
