import { MongoClient } from 'mongodb'
import { describe, expect, it } from 'vitest'
import { TIMER_CANCELLED, TIMER_FIRED, TIMER_SCHEDULED } from '../../../src/core/port/event-document.ts'
import type { StoragePort } from '../../../src/core/port/storage.ts'
import { startProcessor } from '../../../src/processor/processor.ts'
import { cancelTimer } from '../../../src/timers/cancel-timer.ts'
import { timersConsumer } from '../../../src/timers/pending/timers-consumer.ts'
import { pendingTimers } from '../../../src/timers/pending-timers.ts'
import { scheduleTimer } from '../../../src/timers/schedule-timer.ts'
import { cosmosDatabases, isLive } from '../../support/cosmos/databases.ts'
import { mongoDatabases } from '../../support/mongo/databases.ts'
import { startMongoModel } from '../../support/mongo-model/index.ts'
import { storages } from '../../support/projecting/storages.ts'
import { until } from '../../support/projecting/until.ts'
import { eventsOf, faultsOf, indexed, ref, timerAt, typesOf } from './support.ts'

const HOUR = 3_600_000

async function opened(): Promise<readonly (readonly [string, () => Promise<StoragePort>])[]> {
  const cosmos = async (): Promise<StoragePort> => {
    const databases = cosmosDatabases(2, { pollInterval: 50 })
    const port = await databases.open()
    const close = async () => {
      await port.close()
      await databases.cleanUp?.()
    }
    return { ...port, [Symbol.asyncDispose]: close }
  }
  const mongo = async (): Promise<StoragePort> => {
    const model = await startMongoModel()
    const client = new MongoClient(model.uri)
    const port = await mongoDatabases(client, 4).open()
    const close = async () => {
      await port.close()
      await client.close()
      await model[Symbol.asyncDispose]()
    }
    return { ...port, [Symbol.asyncDispose]: close }
  }
  return [
    ['on a model of MongoDB', mongo],
    ...storages.map(({ name, open }) => [name, open] as const),
    ...(isLive ? [] : [['on the emulator of Azure Cosmos DB', cosmos] as const]),
  ]
}

describe.each(await opened())('timers %s', (_, open) => {
  it('fire in the order in which they are due, and are listed until then', { timeout: 30_000 }, async () => {
    await using port = await open()
    const now = Date.now()
    const schedule = (key: string, at: number, id = key) => scheduleTimer(port, timerAt(key, at), { eventId: id })
    await schedule('past', now - HOUR)
    await schedule('later', now + 2 * HOUR)
    await schedule('cancelled', now + HOUR)
    await schedule('moved', now + HOUR)
    const processor = await startProcessor(port, [timersConsumer])
    await until('all are known', async () => (await indexed(port)).length === 3)
    await schedule('soon', Date.now() + 200)
    await schedule('moved', now + 3 * HOUR, 'again')
    expect(await cancelTimer(port, ref('cancelled'), { eventId: 'cancel' })).toBe(true)
    await until('it has fired', async () => typesOf(await eventsOf(port, 'soon')).includes(TIMER_FIRED))
    await until('two are left', async () => (await indexed(port)).length === 2)
    const timers = pendingTimers(port)
    expect((await timers.list()).items.map(({ key, state }) => [key, state])).toEqual([
      ['later', 'pending'],
      ['moved', 'pending'],
    ])
    expect(await timers.status()).toMatchObject({ pending: 2, due: 0, overdue: 0 })
    await processor.stop()
    expect(typesOf(await eventsOf(port, 'past'))).toEqual([TIMER_SCHEDULED, TIMER_FIRED])
    expect(typesOf(await eventsOf(port, 'cancelled'))).toEqual([TIMER_SCHEDULED, TIMER_CANCELLED])
    expect(typesOf(await eventsOf(port, 'moved'))).toEqual([TIMER_SCHEDULED, TIMER_SCHEDULED])
    for (const key of ['past', 'soon']) expect(faultsOf(await eventsOf(port, key))).toEqual([])
  })
})
