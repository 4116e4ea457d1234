import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { FakeResponse } from './fake-response.ts'
import { settled, type TableHub, tableHub } from './table-hub.ts'

/** A browser's table, as the pages keep it. */
function createBrowser(tables: TableHub) {
  let rev = -1
  let rows: Record<string, unknown> = {}
  let lastId: string | undefined
  let response: FakeResponse = tables.connect()

  async function take(): Promise<void> {
    for (const { id, event, data } of response.take()) {
      lastId = id ?? lastId
      const {
        rev: next,
        from,
        set,
        data: all,
      } = data as {
        rev: number
        from: number
        set: Record<string, unknown>
        data: Record<string, unknown>
      }
      if (event === 'snapshot') [rev, rows] = [next, { ...all }]
      else if (event === 'gap' || (event === 'patch' && from !== rev && next > rev)) await ask()
      else if (event === 'patch' && from === rev) {
        rev = next
        for (const [key, row] of Object.entries(set)) {
          if (row === null) delete rows[key]
          else rows[key] = row
        }
      }
    }
  }

  async function ask(): Promise<void> {
    const [snapshot] = (await tables.hub.snapshots(['recent'])).snapshots
    if (snapshot !== undefined) [rev, rows] = [snapshot.rev, { ...(snapshot.data as Record<string, unknown>) }]
  }

  return {
    take,
    get rows() {
      return Object.fromEntries(Object.entries(rows).map(([key, row]) => [key, Number((row as { type: string }).type)]))
    },
    pause: () => response.pause(),
    resume: () => response.resume(),
    async reconnect() {
      await take()
      response.destroy()
      response = tables.connect(lastId)
    },
    lose() {
      response.destroy()
      response = tables.connect(lastId)
    },
  }
}

const step = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.record({ set: fc.constantFrom('a', 'b', 'c'), value: fc.option(fc.integer({ max: 9, min: 0 })) }),
  },
  fc.constantFrom('pause', 'resume', 'take', 'reconnect', 'lose', 'wait'),
)

test('whatever a browser misses, it ends with the rows that there are', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(step, { maxLength: 40 }), async (steps) => {
      const tables = await tableHub()
      const browser = createBrowser(tables)
      for (const one of steps) {
        if (typeof one === 'object') await tables.set(one.set, one.value)
        else if (one === 'wait') {
          tables.clock.advance(5_000)
          await settled()
        } else await browser[one]()
      }
      browser.resume()
      await settled()
      await browser.take()
      const expected = Object.fromEntries([...tables.table].map(([key, value]) => [`${key}@0`, value]))
      const rows = browser.rows
      tables.hub.close()
      expect(rows).toEqual(expected)
    }),
    { numRuns: 300 },
  )
})
