import { join } from 'node:path'
import { z } from 'zod'
import type { StoragePort } from '../../../src/core/port/storage.ts'
import { openEmbedded } from '../../../src/embedded.ts'
import { defineAggregate, defineEvents, repository } from '../../../src/index.ts'
import { type Measure, type Row, row } from '../../support/measure.ts'
import { summarise } from '../../support/statistics.ts'

const CLIENTS = [1, 8, 64, 256] as const

const counter = defineAggregate({
  category: 'counter',
  events: defineEvents({ Counted: z.object({}) }),
  initial: { count: 0 },
  evolve: { Counted: ({ count }) => ({ count: count + 1 }) },
})

/**
 * Commands of many clients of one process on one stream, each client sending the next when the one before was answered:
 * how many calls of the storage a command takes. It is counted and not timed, so it is the same on every machine and
 * tells of every storage: with a database server, each call is a round trip, and is billed where requests are.
 */
export const scaleHotStream: Measure = {
  id: 'scale-hot-stream',
  title: 'commands of many clients on one stream',

  async run({ folder, quick }) {
    const each = quick ? 8 : 50
    await using storage = await openEmbedded(join(folder, 'tidemark'))
    const rows: Row[] = []
    for (const clients of CLIENTS) {
      const { port, calls } = counted(storage)
      const counters = repository(port, counter)
      const id = String(clients)
      let failed = 0
      await Promise.all(
        Array.from({ length: clients }, async () => {
          for (let i = 0; i < each; i++) {
            await counters.execute(id, () => ({ type: 'Counted', data: {} })).catch(() => failed++)
          }
        }),
      )
      const perCommand = calls() / (clients * each)
      const { version } = await storage.events.load(`counter:${id}`, { limit: 0 })
      if (version + failed !== clients * each) throw new Error(`The stream is at version ${version}`)
      const label = `one stream, ${clients} client${clients === 1 ? '' : 's'}`
      rows.push(
        row(`scale-hot-stream-${clients}`, `${label}: calls a command`, summarise([perCommand]), 'calls', {
          below: 2.01,
        }),
      )
      rows.push(
        row(`scale-hot-stream-${clients}-failed`, `${label}: commands failed`, summarise([failed]), '', { below: 1 }),
      )
    }
    return rows
  },
}

/** The storage, with the calls of its log counted. */
function counted(storage: StoragePort): { readonly port: StoragePort; readonly calls: () => number } {
  let calls = 0
  const count =
    <A extends unknown[], R>(call: (...args: A) => R) =>
    (...args: A): R => {
      calls++
      return call(...args)
    }
  const { append, load, findAppend } = storage.events
  const events = { ...storage.events, append: count(append), load: count(load), findAppend: count(findAppend) }
  return { port: { ...storage, events }, calls: () => calls }
}
