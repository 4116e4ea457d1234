import type { StoragePort } from '../../../../src/core/port/storage.ts'
import { withViews } from '../../../../src/views/with-views.ts'
import { counts } from './support.ts'

const [v1, v2] = [counts(1), counts(2)]

/**
 * Reads the views of `counts` in every way, each way for itself; stopping throws when one saw a view go back.
 *
 * @param positionOf the last append to a stream that was answered, and how many events it has since
 */
export function startReaders(
  port: StoragePort,
  streams: readonly string[],
  positionOf: (streamId: string) => readonly [position: string, appended: number] | undefined,
) {
  const storage = withViews(port)
  let stopped = false
  let reads = 0
  const notBack = (seen: Map<string, number>, key: string, now: number) => {
    if (now < (seen.get(key) ?? 0)) throw new Error(`${key} went back from ${seen.get(key)} to ${now}`)
    seen.set(key, now)
    reads++
  }
  const loop = async (step: (seen: Map<string, number>, streamId: string) => Promise<void>) => {
    const seen = new Map<string, number>()
    for (let i = 0; !stopped; i++) {
      await step(seen, streams[i % streams.length] as string)
      await new Promise(setImmediate)
    }
  }
  const loops = [
    loop(async (seen, key) => {
      notBack(seen, key, (await storage.views.get(v1, key))?.count ?? 0)
      notBack(seen, 'all', (await storage.views.get(v2, 'all'))?.count ?? 0)
    }),
    loop(async (seen) => {
      const { items } = await storage.views.query(v1, { orderBy: { field: 'count', direction: 'descending' } })
      notBack(seen, 'all', items[0]?.count ?? 0)
    }),
    loop(async (seen, key) => {
      const last = positionOf(key)
      if (last === undefined) return
      const [position, appended] = last
      const view = await storage.views.waitFor(v2, key, position, { timeout: 20_000 })
      if ((view?.count ?? 0) < appended) throw new Error(`${key} lacks events that were waited for`)
      notBack(seen, key, view?.count ?? 0)
    }),
  ]
  const ended = Promise.all(loops)
  // A failure is told by `stop`; until then it would count as unhandled.
  ended.catch(() => {})
  return {
    async stop(): Promise<number> {
      stopped = true
      await ended
      return reads
    },
  }
}
