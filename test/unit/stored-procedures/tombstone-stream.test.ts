import { describe, expect, test } from 'vitest'
import { EmulatedPartition, type ServerFaults } from '../../support/emulated-partition.ts'
import { append, appendToStream, erase, mark, NOON, STREAM, tombstoneStream } from './requests.ts'

function streamOf(...ids: string[]): EmulatedPartition {
  const partition = new EmulatedPartition()
  partition.execute(appendToStream, append(0, ids))
  return partition
}

function endedStream(...ids: string[]): EmulatedPartition {
  const partition = streamOf(...ids)
  run(partition, mark('any'))
  return partition
}

const run = (partition: EmulatedPartition, request: unknown, faults?: ServerFaults) =>
  partition.execute(tombstoneStream, request, faults)

const HUSK = {
  id: `${STREAM}:1`,
  stream: { id: STREAM, version: 1 },
  eventType: '$husk',
  eventData: {},
  metadata: { eventId: '$husk', recordedAt: NOON },
  appendId: '$husk',
}
const tombstoneAt = (version: number) => ({
  id: `${STREAM}:${version}`,
  stream: { id: STREAM, version },
  eventType: '$tombstone',
  eventData: {},
  metadata: { eventId: 'end', recordedAt: NOON },
  appendId: 'append of the end',
})

describe('the marker', () => {
  test.each([2, 'any', 'streamExists'] as const)('stands at head + 1, expecting %s', (expected) => {
    const partition = streamOf('a', 'b')
    const { body } = run(partition, mark(expected))
    const answer = { version: 3, recordedAt: NOON, appendId: 'append of the end' }
    expect(body).toEqual({ outcome: 'tombstoned', ...answer })
    expect(partition.contents().at(-1)).toEqual(tombstoneAt(3))
    expect(run(partition, mark(expected)).body).toEqual({ outcome: 'duplicate', ...answer })
    expect(run(partition, mark(expected, 'other end')).body).toEqual({ outcome: 'deleted', actual: 3 })
    expect(partition.documents).toHaveLength(3)
  })

  test.each([0, 1, 3, 'noStream'] as const)('is refused where the stream is not as expected: %s', (expected) => {
    const partition = streamOf('a', 'b')
    expect(run(partition, mark(expected)).body).toEqual({ outcome: 'conflict', actual: 2 })
    expect(partition.documents).toHaveLength(2)
  })

  test('ends nothing where there is nothing, and takes no known id', () => {
    expect(run(new EmulatedPartition(), mark('any')).body).toEqual({ outcome: 'notFound', actual: 0 })
    expect(run(streamOf('a'), mark('any', 'a')).body).toEqual({ outcome: 'eventIdReused', actual: 1, eventId: 'a' })
  })

  test('is never recorded before the last event', () => {
    const { body } = run(streamOf('a'), mark('any', 'end', { recordedAt: '2001-01-01T00:00:00.000Z' }))
    expect(body).toMatchObject({ recordedAt: NOON })
  })
})

describe('erasure', () => {
  test('goes from the last event down in bounded steps and leaves husk and tombstone', () => {
    const partition = endedStream('a', 'b', 'c', 'd', 'e')
    const versions: number[][] = []
    const answers: unknown[] = []
    for (let call = 0; call < 4; call++) {
      answers.push(run(partition, erase(2)).body)
      versions.push(partition.contents().map(({ stream }) => (stream as { version: number }).version))
    }
    expect(answers).toEqual([
      { outcome: 'erased', erased: 2, done: false },
      { outcome: 'erased', erased: 2, done: false },
      { outcome: 'erased', erased: 1, done: true },
      { outcome: 'erased', erased: 0, done: true },
    ])
    expect(versions).toEqual([
      [1, 2, 3, 6],
      [1, 6],
      [1, 6],
      [1, 6],
    ])
    expect(partition.contents()).toEqual([HUSK, tombstoneAt(6)])
  })

  test.each([{}, { pageSize: 1 }])('takes all at once where the limit allows, with pages %o', (faults) => {
    const partition = endedStream('a', 'b', 'c')
    expect(run(partition, erase(100), faults).body).toEqual({ outcome: 'erased', erased: 3, done: true })
    expect(partition.contents()).toEqual([HUSK, tombstoneAt(4)])
  })

  test('with keepIds every event becomes a husk, and no id is free again', () => {
    const partition = endedStream('a', 'b', 'c', 'd')
    const husks = [4, 3, 2, 1].map((version) => ({
      ...HUSK,
      id: `${STREAM}:${version}`,
      stream: { id: STREAM, version },
    }))
    const answers = [0, 1, 2, 3].map(() => run(partition, { ...erase(2), keepIds: true }).body)
    expect(answers).toEqual([
      { outcome: 'erased', erased: 2, done: false },
      { outcome: 'erased', erased: 2, done: true },
      { outcome: 'erased', erased: 0, done: true },
      { outcome: 'erased', erased: 0, done: true },
    ])
    expect(partition.contents()).toEqual([...husks.reverse(), tombstoneAt(5)])
  })

  test('goes on with keepIds where it began without, and the other way round', () => {
    for (const [first, then] of [
      [true, false],
      [false, true],
    ]) {
      const partition = endedStream('a', 'b', 'c')
      run(partition, { ...erase(1), keepIds: first })
      expect(run(partition, { ...erase(10), keepIds: then }).body).toMatchObject({ erased: 2, done: true })
      const types = partition.contents().map(({ eventType }) => eventType)
      expect(types).toEqual(['$husk', '$husk', '$tombstone'].slice(first === then ? 1 : 0))
    }
  })

  test('leaves a stream that is not ended alone', () => {
    const partition = streamOf('a')
    expect(run(partition, erase(10)).body).toEqual({ outcome: 'notFound', actual: 1 })
    expect(() => run(endedStream('a'), erase(0))).toThrow('limit')
    expect(partition.documents).toHaveLength(1)
  })

  test('after it nothing can be appended or opened again', () => {
    const partition = endedStream('a', 'b')
    run(partition, erase(10))
    for (const expected of ['noStream', 'any', 'streamExists', 3] as const) {
      const { body } = partition.execute(appendToStream, append(expected, ['a']))
      expect(body).toEqual({ outcome: 'deleted', actual: 3 })
    }
  })
})

test('any single call that is not accepted rolls the whole call back', () => {
  for (const [make, request] of [
    [() => streamOf('a', 'b'), mark(2)],
    [() => endedStream('a', 'b', 'c'), erase(10)],
  ] as const) {
    const { calls } = run(make(), request)
    expect(calls.length).toBeGreaterThan(2)
    for (let refused = 0; refused < calls.length; refused++) {
      const partition = make()
      const before = partition.contents()
      expect(() => run(partition, request, { accepts: (call) => call !== refused })).toThrow(
        expect.objectContaining({
          status: 400,
          substatus: 429,
          message: expect.stringContaining('did not accept'),
        }),
      )
      expect(partition.contents()).toEqual(before)
    }
  }
})
