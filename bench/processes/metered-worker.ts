// A worker that tells what it spent its time on. It does what its parent asks, one thing after another:
//
// - { begin }: takes its share of the ranges for a projection, and reads none of them yet; answers when it began
// - { go }: reads on, from the ranges that are named or from all
// - { end }: gives its ranges up; answers what it did
// - { read }: reads the whole feed and does nothing with it; answers the seconds
//
// Arguments: the folder, the worker's id.

import { openEmbedded } from '../../src/embedded.ts'
import { type Processor, startProcessor } from '../../src/index.ts'
import { consumptionProjection, hotProjection } from '../support/consumption.ts'
import { seconds } from '../support/interleave.ts'
import { createMeter } from '../support/workers/metered.ts'
import type { Answer, Begin, Request } from '../support/workers/processes.ts'

const [folder, workerId] = process.argv.slice(2) as [string, string]
const storage = await openEmbedded(folder)
let begun: { readonly processor: Processor; readonly end: () => Answer; readonly go: () => void } | undefined

async function begin({ projection: name, hot, lease, poll, ranges }: Begin): Promise<void> {
  const meter = createMeter()
  const gate = Promise.withResolvers<void>()
  const projection = hot ? hotProjection(name) : consumptionProjection(name)
  const first = (await storage.feed.ranges())[0]
  const closed = new Promise<void>(() => {})
  const port = meter.storage(storage, (range) => (ranges === 'one' && range.min !== first?.min ? closed : gate.promise))
  let retries = 0
  const processor = await startProcessor(port, [meter.projection(projection)], {
    workerId,
    leaseDuration: lease,
    pollInterval: poll,
    onError(error) {
      retries++
      if ((error as { code?: string }).code !== 'ViewContended') console.error(error)
    },
  })
  begun = { processor, end: () => ({ work: { ...meter.work(), retries } }), go: gate.resolve }
}

async function readAll(): Promise<void> {
  for (const range of await storage.feed.ranges()) {
    for (let from = 'start', caughtUp = false; !caughtUp; ) {
      const page = await storage.feed.read(range, from, { limit: 10_000 })
      from = page.continuation
      caughtUp = page.caughtUp
    }
  }
}

async function answer(request: Request): Promise<Answer> {
  if ('begin' in request) await begin(request.begin)
  else if ('read' in request) return { seconds: await seconds(readAll) }
  else if ('go' in request) begun?.go()
  else {
    await begun?.processor.stop()
    return begun?.end() ?? {}
  }
  return {}
}

process.on('message', async (text) => process.send?.(await answer(JSON.parse(String(text)))))
process.once('disconnect', async () => {
  await begun?.processor.stop()
  await storage.close()
})
process.send?.({ ready: true })
