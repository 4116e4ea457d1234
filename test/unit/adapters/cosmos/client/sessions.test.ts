import { CosmosClient } from '@azure/cosmos'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { openContainer } from '../../../../../src/adapters/cosmos/client/open-container.ts'
import { runOperation } from '../../../../../src/adapters/cosmos/client/run-operation.ts'
import { lsnOf } from '../../../../../src/adapters/cosmos/client/sessions/session-token.ts'
import { Sessions } from '../../../../../src/adapters/cosmos/client/sessions/sessions.ts'
import { PartitionMap } from '../../../../../src/adapters/cosmos/partitions/partition-map.ts'
import { systemClock } from '../../../../../src/core/clock.ts'
import { cosmosEmulator } from '../../../../../src/cosmos-emulator/index.ts'

const merged = (...tokens: readonly unknown[]) => {
  const sessions = new Sessions(new PartitionMap())
  for (const token of tokens) sessions.merge(token)
  return sessions.textOf(sessions.ranges)
}

test('the newest token of each range is kept, in whatever order answers come', () => {
  const token = fc.record({ range: fc.nat(3), lsn: fc.nat(1000) })
  fc.assert(
    fc.property(fc.array(token, { minLength: 1 }), (tokens) => {
      const newest = new Map<number, number>()
      for (const { range, lsn } of tokens) newest.set(range, Math.max(newest.get(range) ?? 0, lsn))
      const parts = merged(...tokens.map(({ range, lsn }) => `${range}:-1#${lsn}`))?.split(',')
      expect(parts?.toSorted()).toEqual([...newest].map(([range, lsn]) => `${range}:-1#${lsn}`).toSorted())
    }),
  )
})

test('tokens of several ranges are joined and taken apart', () => {
  expect(merged('0:-1#5,1:-1#7', '1:-1#6,2:-1#1')).toBe('0:-1#5,1:-1#7,2:-1#1')
  expect(merged()).toBeUndefined()
})

test('a token with regions keeps the newest of each, and a newer version of it says which there are', () => {
  expect(merged('0:1#10#1=8#2=9', '0:1#12#1=9#2=7')).toBe('0:1#12#1=9#2=9')
  expect(merged('0:1#10#1=8#2=9', '0:2#9#2=5')).toBe('0:2#10#2=9')
})

test('a region of which nothing is known says so until something is', () => {
  expect(merged('0:0#8600000#3=8600000#10=-1')).toBe('0:0#8600000#3=8600000#10=-1')
  expect(merged('0:1#10#1=8', '0:1#12#1=9#2=-1')).toBe('0:1#12#1=9#2=-1')
  expect(merged('0:1#10#1=8#2=-1', '0:1#11#1=8#2=4')).toBe('0:1#11#1=8#2=4')
})

describe('where the partitions are known', () => {
  const HALF = '20'
  const partition = (id: string, min: string, max: string, ...parents: string[]) => ({ id, min, max, parents })

  /** Sessions of a container of eight partitions, the first of which was split. */
  function known() {
    const map = new PartitionMap()
    const sessions = new Sessions(map)
    for (let range = 0; range < 8; range++) sessions.merge(`${range}:-1#${range + 10}`)
    const rest = Array.from({ length: 7 }, (_, i) => partition(`${i + 1}`, `${30 + i}`, `${31 + i}`))
    map.known = [partition('8', '', HALF, '0'), partition('9', HALF, '30', '0'), ...rest]
    return { map, sessions }
  }

  test('a request bears the token of its partition, or of the one that this was made from', () => {
    const { sessions } = known()
    expect(sessions.tokenFor({ partition: '3' })).toBe('3:-1#13')
    expect(sessions.tokenFor({ partition: '8' })).toBe('8:-1#10')
    sessions.merge('8:-1#20')
    expect([sessions.tokenFor({ partition: '8' }), sessions.tokenFor({ partition: '9' })]).toEqual([
      '8:-1#20',
      '9:-1#10',
    ])
    expect(sessions.lsn('9')).toBe(10)
  })

  test('a partition that came since makes the map unknown, and all tokens are sent until it is read', () => {
    const { map, sessions } = known()
    sessions.merge('12:-1#99')
    expect([map.known, sessions.needsMap]).toEqual([undefined, true])
    expect(sessions.tokenFor({ partition: '3' })?.split(',')).toHaveLength(9)
  })

  test('what is gone is forgotten once its parts are known, and does not come back with an old token', () => {
    const { sessions } = known()
    sessions.retain()
    expect(sessions.ranges).toContain('0')
    sessions.merge('8:-1#20')
    sessions.merge('9:-1#20')
    sessions.retain()
    expect(sessions.ranges).not.toContain('0')
    sessions.merge('0:-1#10,3:-1#30')
    expect(sessions.ranges).not.toContain('0')
    expect(sessions.lsn('3')).toBe(30)
  })

  test('the last word about a range holds, unless more has become known since', () => {
    const { sessions } = known()
    const before = sessions.snapshot()
    sessions.merge('4:-1#40')
    sessions.replace('4:-1#5', before)
    sessions.replace('5:-1#5', before)
    sessions.replace('6:-1#60', before)
    sessions.replace('8:-1#2', before)
    expect(['4', '5', '6', '8', '9'].map((range) => sessions.lsn(range))).toEqual([40, 5, 16, 2, 10])
  })
})

test.each([undefined, '', 'x', '0:', '0:-1#x', ':-1#4', '0:1#2#3=x', 7])(
  'what is no token is passed over: %j',
  (token) => {
    expect(merged('0:-1#5', token)).toBe('0:-1#5')
  },
)

test('a token tells its LSN', () => {
  expect(['0:-1#17', '3:2#18#1=4', 'x', undefined].map(lsnOf)).toEqual([17, 18, undefined, undefined])
})

test('the token goes with every repeat, although the SDK drops it when a replica is behind', async () => {
  const emulator = cosmosEmulator()
  const client = new CosmosClient(emulator)
  const { database } = await client.databases.create({ id: 'd' })
  await database.containers.create({ id: 'c', partitionKey: '/id' })
  const opened = openContainer(database, 'c')
  const { container, sessions } = opened
  await container.items.create({ id: 'a' })
  const sent: (string | undefined)[] = []
  emulator.faults = ({ path, headers }, response) => {
    if (!path.endsWith('/docs/a') || response !== undefined) return undefined
    sent.push(headers['x-ms-session-token'])
    return sent.length < 5 ? { answer: { status: 404, substatus: 1002, code: 'NotFound' } } : undefined
  }
  sessions.merge('0:-1#1')
  const settings = { timing: systemClock, deadline: 5000, report: () => {} }
  const { resource } = await runOperation(settings, 'test', (operation) =>
    operation.request({
      in: opened,
      at: { key: 'a' },
      kind: 'read',
      send: (options) => container.item('a', 'a').read(options),
    }),
  )
  expect(resource?.id).toBe('a')
  expect(sent).toEqual(Array(5).fill('0:-1#1'))
  client.dispose()
})
