import { describe, expect, it } from 'vitest'
import { repository } from '../../../src/aggregates/repository.ts'
import { StorageBusy } from '../../../src/core/errors/storage.ts'
import { noTelemetry, type Telemetry } from '../../../src/core/telemetry/telemetry.ts'
import { startProcessor } from '../../../src/processor/processor.ts'
import { parkedSequences } from '../../../src/processor/replay/parked-sequences.ts'
import { defineProjection } from '../../../src/projections/define-projection.ts'
import { unhandledDuring } from '../../../src/testing/conformance/support/unhandled.ts'
import { openMemory } from '../../../src/testing/memory/index.ts'
import { until, untilCaughtUp } from '../../support/projecting/until.ts'
import { account, open } from '../aggregates/account.ts'
import { append, events, hurriedClock, perStream } from './support.ts'

const reject = async () => Promise.reject(new Error('the log is down'))
const fail = () => {
  throw new Error('the log is full')
}

describe.each([
  ['throws', fail],
  ['rejects', reject],
])('a callback that %s', (_, callback) => {
  it('disturbs no projection, and ends no process', async () => {
    await using port = openMemory()
    await append(port, 's:1', [1])
    const { initial } = perStream
    const failing = defineProjection('failing', { initial, key: () => 'k', events, on: { Added: fail } })
    const changed = { ...perStream, fingerprint: 'another text' }
    const call = callback as () => never
    const telemetry: Telemetry = { ...noTelemetry, count: call, time: call, record: call, observe: call, span: call }
    const unhandled = await unhandledDuring(async () => {
      await using first = await startProcessor(port, [perStream], { clock: hurriedClock })
      await first.stop()
      const options = { clock: hurriedClock, onError: callback, onVersion: callback, telemetry }
      await using processor = await startProcessor(port, [changed, failing], options)
      await untilCaughtUp(port, [changed, failing])
      expect(await parkedSequences(port, failing).count()).toBe(1)
      await processor.stop()
    })
    expect(unhandled).toEqual([])
  })

  it('disturbs no command', async () => {
    const port = openMemory()
    const busy = async () => {
      throw new StorageBusy('not now')
    }
    const snapshots = { ...port.snapshots, save: busy, get: busy }
    const accounts = repository({ ...port, snapshots }, account, {
      cache: false,
      snapshots: { every: 1, onError: callback },
    })
    const unhandled = await unhandledDuring(async () => {
      await accounts.execute('1', (state) => open(state, 'Ada'))
      await accounts.settled()
      expect(await accounts.load('1')).toMatchObject({ state: { owner: 'Ada' } })
    })
    expect(unhandled).toEqual([])
  })
})

it('an asynchronous handler or key function ends no process', async () => {
  await using port = openMemory()
  await append(port, 's:1', [1])
  const views = { events, key: () => 'k', initial: () => ({ n: 0 }), on: { Added: () => ({ n: 1 }) } }
  const handler = defineProjection('slow-handler', { ...views, on: { Added: reject as () => never } })
  const key = defineProjection('slow-key', { ...views, key: reject as () => never })
  const unhandled = await unhandledDuring(async () => {
    await using processor = await startProcessor(port, [handler, key], { clock: hurriedClock })
    await untilCaughtUp(port, [handler])
    expect(await parkedSequences(port, handler).count()).toBe(1)
    await until('the range is stalled', async () => {
      const { ranges } = await processor.status()
      const range = ranges.find(({ projection }) => projection === 'slow-key')
      return range?.state === 'stalled' && range.error?.code === 'InvalidViewKey'
    })
    await processor.stop()
  })
  expect(unhandled).toEqual([])
})
