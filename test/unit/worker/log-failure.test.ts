import { expect, test } from 'vitest'
import { startProcessor } from '../../../src/processor/processor.ts'
import { defineProjection } from '../../../src/projections/define-projection.ts'
import { defineReaction } from '../../../src/reactions/define-reaction.ts'
import { openMemory } from '../../../src/testing/memory/index.ts'
import { logFailure } from '../../../src/worker/log-failure.ts'
import { until } from '../../support/projecting/until.ts'
import { append, events } from '../processor/support.ts'

type Line = { readonly level: string; readonly fields: Record<string, unknown>; readonly message: string }

function createTestLog() {
  const lines: Line[] = []
  const at = (level: string) => (fields: unknown, message?: string) =>
    void lines.push({ level, fields: fields as Line['fields'], message: message ?? '' })
  return { lines, log: { warn: at('warn'), error: at('error') } as never }
}

const fail = () => {
  throw new Error('no such rate')
}
const projection = defineProjection('rates', {
  events,
  key: (event) => event.streamId,
  initial: () => ({}),
  on: { Added: fail },
})
const reaction = defineReaction('mails', { events, from: 'start', attempts: 2, on: { Added: fail } })

test.each([
  ['a projection', projection],
  ['a reaction', reaction],
])(
  'attempts of %s are logged as warnings without a stack, and the last one says that its sequence is parked',
  async (_, failing) => {
    await using port = openMemory()
    await append(port, 's:1', [1])
    const { lines, log } = createTestLog()
    await using processor = await startProcessor(port, [failing], {
      onError: (error, place) => logFailure(log, error, place),
    })
    await until('it is parked', () => lines.some(({ level }) => level === 'error'))
    await processor.stop()
    const warnings = lines.slice(0, -1)
    expect(warnings.map(({ level, fields }) => [level, fields.attempt, fields.err])).toEqual(
      warnings.map((_, i) => ['warn', i + 1, undefined]),
    )
    expect(warnings.length).toBeGreaterThan(0)
    expect(warnings[0]?.fields.reason).toContain(failing.name)
    expect(lines.at(-1)).toMatchObject({
      level: 'error',
      fields: { attempt: lines.length, projection: failing.name, err: expect.any(Error) },
      message: expect.stringContaining(`tidemark parked list ${failing.name}`),
    })
  },
)

test('a failure of the leases, and one of a projection outside its handlers, are logged as errors', () => {
  const { lines, log } = createTestLog()
  logFailure(log, new Error('away'), {})
  logFailure(log, new Error('away'), { projection: 'rates', range: { min: '', max: 'FF' } })
  expect(lines.map(({ level, message }) => [level, message])).toEqual([
    ['error', 'the leases could not be read or renewed'],
    ['error', 'a projection failed'],
  ])
})
