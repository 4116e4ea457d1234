import { expect, it } from 'vitest'
import { HEADER, openBench } from './support.ts'

const PERSONAL = `${HEADER}
const people = defineEvents({
  Joined: { schema: z.object({ id: z.string(), name: z.string() }), personal: { of: ({ id }) => id, fields: { name: 'N. N.' } } },
})
`
const AGGREGATE = `${PERSONAL}
export const club = defineAggregate({
  category: 'club',
  events: people,
  initial: { names: [] },
  evolve: { Joined: ({ names }, { data }) => ({ names: [...names, data.name] }) },
})
`
const PROJECTION = `${PERSONAL}
export default defineProjection('members', {
  events: people,
  key: ({ streamId }) => streamId,
  initial: () => ({ name: '' }),
  personal: { of: () => 'p1', fields: { name: '' } },
  on: { Joined: (_, { data }) => ({ name: data.name }) },
})
`

it('folds sealed events as if everybody were forgotten, without any key', async () => {
  await using bench = await openBench()
  await bench.write('aggregates', 'club.mjs', AGGREGATE)
  await bench.write('projections', 'members.mjs', PROJECTION)
  const eventData = { id: 'p1', $personal: [{ k: 'k1.1', f: ['name'], c: 'c2VhbGVk' }] }
  const event = { eventType: 'Joined', eventData, metadata: { eventId: crypto.randomUUID() } }
  await bench.storage.events.append('club:1', [event], { expectedVersion: 0 })
  const folding = bench.fold()
  const states = await Promise.all([
    folding.stateAt({ kind: 'aggregate', name: 'club' }, 'club:1', 1),
    folding.stateAt({ kind: 'projection', name: 'members' }, 'club:1', 1),
  ])
  expect(states.map(({ after }) => JSON.parse(after?.text ?? ''))).toEqual([
    { names: ['N. N.'] },
    { 'club:1': { name: 'N. N.' } },
  ])
})
