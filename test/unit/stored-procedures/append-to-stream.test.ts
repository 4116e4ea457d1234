import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { judgeAppend } from '../../../src/core/append/append-rules.ts'
import type { ExpectedVersion } from '../../../src/core/append/expected-version.ts'
import { EmulatedPartition, type ServerFaults } from '../../support/emulated-partition.ts'
import { append, appendToStream, event, mark, NOON, STREAM, tombstoneStream } from './requests.ts'

function streamOf(...ids: string[]): EmulatedPartition {
  const partition = new EmulatedPartition()
  if (ids.length > 0) partition.execute(appendToStream, append(0, ids))
  return partition
}

const run = (partition: EmulatedPartition, request: unknown, faults?: ServerFaults) =>
  partition.execute(appendToStream, request, faults)

describe('what is written', () => {
  test('the documents have the stored shape and one append id', () => {
    const partition = new EmulatedPartition()
    const { body } = run(partition, append('noStream', ['a', 'b']))
    expect(body).toEqual({ outcome: 'appended', version: 2, first: 1, recordedAt: NOON, appendId: 'append of a,b' })
    expect(partition.contents()).toEqual(
      ['a', 'b'].map((eventId, i) => ({
        id: `${STREAM}:${i + 1}`,
        stream: { id: STREAM, version: i + 1 },
        eventType: 'Measured',
        eventData: { of: eventId },
        metadata: { eventId, correlationId: 'c', recordedAt: NOON },
        appendId: 'append of a,b',
      })),
    )
  })

  test('recordedAt never goes back within a stream', () => {
    const partition = streamOf('a')
    const early = run(partition, append(1, ['b'], { recordedAt: '2019-12-31T00:00:00.000Z' }))
    expect(early.body).toMatchObject({ recordedAt: NOON })
    const late = run(partition, append(2, ['c'], { recordedAt: '2020-01-02T00:00:00.000Z' }))
    expect(late.body).toMatchObject({ recordedAt: '2020-01-02T00:00:00.000Z' })
    expect(partition.contents().map(({ metadata }) => (metadata as { recordedAt: string }).recordedAt)).toEqual([
      NOON,
      NOON,
      '2020-01-02T00:00:00.000Z',
    ])
  })

  test('events that were written without metadata can be followed', () => {
    const partition = new EmulatedPartition()
    partition.seed([{ id: `${STREAM}:1`, stream: { id: STREAM, version: 1 }, eventType: 'Old', eventData: {} }])
    expect(run(partition, append('any', ['a'])).body).toMatchObject({ outcome: 'appended', version: 2 })
    expect(run(partition, append(2, ['b'])).body).toMatchObject({ outcome: 'appended', version: 3 })
  })
})

describe('the rules of idempotency', () => {
  const IDS = ['a', 'b', 'c', 'd', 'e']
  const expectation = fc.oneof(
    fc.integer({ min: 0, max: 7 }),
    fc.constantFrom<ExpectedVersion>('noStream', 'streamExists', 'any'),
  )
  const request = fc.record({
    expected: expectation,
    ids: fc.uniqueArray(fc.constantFrom(...IDS), { minLength: 1, maxLength: 4 }),
  })

  test('are those of the core, whatever was appended before and however the server pages', () => {
    fc.assert(
      fc.property(fc.array(request, { maxLength: 6 }), fc.option(fc.integer({ min: 1, max: 3 })), (requests, pages) => {
        const partition = new EmulatedPartition()
        const stream: string[] = []
        for (const { expected, ids } of requests) {
          const versionOf = (id: string) => (stream.includes(id) ? stream.indexOf(id) + 1 : undefined)
          const verdict = judgeAppend(expected, stream.length, ids, versionOf)
          const { body } = run(partition, append(expected, ids), pages === null ? {} : { pageSize: pages })
          if (verdict.kind === 'append') stream.push(...ids)
          if (verdict.kind === 'append') {
            expect(body).toMatchObject({ outcome: 'appended', version: stream.length })
          } else if (verdict.kind === 'duplicate') {
            expect(body).toMatchObject({ outcome: 'duplicate', version: verdict.last, first: verdict.first })
          } else {
            expect(body).toEqual({ outcome: 'conflict', actual: stream.length })
          }
          expect(partition.contents().map(({ metadata }) => (metadata as { eventId: string }).eventId)).toEqual(stream)
        }
      }),
    )
  })

  test('a repeat answers the first result, also when more followed than one query shows', () => {
    const partition = streamOf('a', 'b')
    for (let version = 2; version < 300; version++) run(partition, append(version, [`later ${version}`]))
    for (const expected of ['any', 'streamExists', 'noStream', 0] as const) {
      expect(run(partition, append(expected, ['a', 'b'], { appendId: 'another' })).body).toEqual({
        outcome: 'duplicate',
        version: 2,
        first: 1,
        recordedAt: NOON,
        appendId: 'append of a,b',
      })
    }
    expect(run(partition, append(1, ['x'])).body).toEqual({ outcome: 'conflict', actual: 300 })
  })

  test('the same ids with other content are told apart, in whatever order the members stand', () => {
    const partition = new EmulatedPartition()
    const first = { ...append(0, []), events: [event('a', { n: 1, deep: { x: [1, null], y: 'z' } })] }
    run(partition, first)
    const sameContent = { ...first, events: [event('a', { deep: { y: 'z', x: [1, null] }, n: 1 })] }
    expect(run(partition, sameContent).body).toMatchObject({ outcome: 'duplicate' })
    for (const data of [{ n: 1 }, { n: 1, deep: { x: { 0: 1, 1: null }, y: 'z' } }, { n: 1, deep: null }]) {
      expect(run(partition, { ...first, events: [event('a', data)] }).body).toEqual({
        outcome: 'eventIdReused',
        actual: 1,
        eventId: 'a',
      })
    }
    const otherType = { ...event('a', first.events[0]?.eventData), eventType: 'Other' }
    expect(run(partition, { ...first, events: [otherType] }).body).toMatchObject({ outcome: 'eventIdReused' })
  })

  test('a deleted stream takes nothing, not even a repeat', () => {
    const partition = streamOf('a')
    partition.execute(tombstoneStream, mark('any'))
    for (const expected of [0, 1, 2, 5, 'any', 'streamExists'] as const) {
      for (const ids of [['a'], ['new']]) {
        expect(run(partition, append(expected, ids)).body).toEqual({ outcome: 'deleted', actual: 2 })
      }
    }
  })
})

describe('what it costs', () => {
  const queries = (partition: EmulatedPartition, request: unknown) =>
    run(partition, request).calls.filter((call) => call === 'query').length

  test('one query for a number or noStream: an append, a conflict, a repeat', () => {
    expect(queries(new EmulatedPartition(), append('noStream', ['a', 'b']))).toBe(1)
    expect(queries(streamOf('a'), append(1, ['b', 'c']))).toBe(1)
    expect(queries(streamOf('a', 'b'), append(1, ['x']))).toBe(1)
    expect(queries(streamOf('a', 'b'), append(0, ['a', 'b']))).toBe(1)
    expect(queries(streamOf('a', 'b'), append('noStream', ['x']))).toBe(1)
  })

  test('two at most for everything else', () => {
    expect(queries(streamOf('a'), append(5, ['x']))).toBe(2)
    expect(queries(streamOf('a'), append('any', ['x']))).toBe(2)
    expect(queries(streamOf('a'), append('streamExists', ['x']))).toBe(2)
    expect(queries(new EmulatedPartition(), append('any', ['x']))).toBe(1)
  })
})

describe('when the server does not go along', () => {
  const requests = [append(2, ['x', 'y', 'z']), append('any', ['x', 'y', 'z']), append(7, ['x']), append(0, ['a'])]

  test.each(requests)('$expectedVersion: any single call that is not accepted rolls everything back', (request) => {
    const { calls } = run(streamOf('a', 'b'), request)
    for (let refused = 0; refused < calls.length; refused++) {
      const partition = streamOf('a', 'b')
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
  })

  test.each(requests)('$expectedVersion: any single call that fails throws the error of the server', (request) => {
    const { calls } = run(streamOf('a', 'b'), request)
    for (let failed = 0; failed < calls.length; failed++) {
      const partition = streamOf('a', 'b')
      const before = partition.contents()
      expect(() => run(partition, request, { fails: (call) => (call === failed ? 449 : undefined) })).toThrow(
        expect.objectContaining({ status: 400, substatus: 449 }),
      )
      expect(partition.contents()).toEqual(before)
    }
  })

  test('a loser of a race meets the winner by the id of its document', () => {
    const partition = streamOf('a')
    // A document that another writer committed after this one's snapshot: no query shows it, its id is taken.
    partition.seed([{ id: `${STREAM}:3`, stream: { id: STREAM, version: 0 } }])
    expect(() => run(partition, append(1, ['x', 'y']))).toThrow(
      expect.objectContaining({ status: 400, substatus: 409 }),
    )
    expect(partition.documents).toHaveLength(2)
  })
})
