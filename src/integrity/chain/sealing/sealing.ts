import { FeedRangeGone } from '../../../core/errors/feed.ts'
import { StorageClosed } from '../../../core/errors/storage.ts'
import type { ConsumerContext, FeedConsumer, RunningConsumer } from '../../../core/feed/consumer.ts'
import type { FeedRange } from '../../../core/port/change-feed.ts'
import { intervalText } from '../../../core/positions/hash-interval.ts'
import { endOf } from '../../ledger/blocks/chain-ends.ts'
import type { Chain } from '../../open-chain.ts'
import { createHeadPublisher } from './head-publisher.ts'
import { createSealer } from './sealer.ts'
import { boundsFor, type SealingOptions, sealingOptions } from './sealing-options.ts'
import { streamSalts } from './stream-salts.ts'

/** The name under which sealing has its leases. */
export const SEALING = '$sealing'

/** The leases of sealing: for pausing it on all workers. */
export const SEALING_LEASES = { projection: SEALING, version: 1 } as const

// Events that are read when a worker stops, so that it leaves nothing that it could have sealed.
const TAIL = 1_000

/**
 * Seals events in a processor, while they arrive: any number of workers divide the feed ranges among them. An event is
 * sealed within `maxAge` and about a second.
 *
 * @throws InvalidConfiguration
 */
export function sealing(chain: Chain, options: SealingOptions = {}): FeedConsumer {
  const { maxEvents, maxAge } = sealingOptions(options)
  return {
    name: SEALING,
    version: SEALING_LEASES.version,
    async startConsuming({ storage, clock, failed }: ConsumerContext): Promise<RunningConsumer> {
      const { ledger, limits } = chain.context
      const bounds = { ...boundsFor(limits, { maxEvents, maxAge }), maxAge }
      const sealer = createSealer(chain.writer, streamSalts(ledger), clock, bounds)
      const publisher = chain.context.signer && createHeadPublisher(chain.publish, clock, failed)
      // Where the next page of each range begins, or an earlier place.
      const places = new Map<string, { readonly range: FeedRange; readonly from: string }>()

      async function beginsAt(range: FeedRange) {
        const writer = await chain.writer()
        const end = endOf((await writer.refresh()).ends, range)
        places.set(intervalText(range), { range, from: end?.continuation ?? 'start' })
        return { continuation: end?.continuation ?? null, readTo: end?.to.lsn ?? 0 }
      }

      /** Seals what has arrived since the last page of a range. */
      async function sealTail(range: FeedRange): Promise<void> {
        try {
          const { continuation } = await beginsAt(range)
          const from = continuation ?? 'start'
          const page = await storage.feed.read(range, from, { limit: TAIL })
          if (page.events.length > 0) await sealer.seal(range, from, page, AbortSignal.abort())
        } catch (error) {
          if (!(error instanceof FeedRangeGone) && !(error instanceof StorageClosed)) failed(error)
        }
      }

      return {
        beginsAt,
        async consume(range, page, signal) {
          const key = intervalText(range)
          const from = places.get(key)?.from ?? 'start'
          const events = await sealer.seal(range, from, page, signal)
          places.set(key, { range, from: page.continuation })
          publisher?.sealed()
          return events
        },
        async end() {
          await Promise.all([...places.values()].map(({ range }) => sealTail(range)))
          await sealer.settled()
          if (places.size > 0) publisher?.sealed()
          await publisher?.end()
        },
      }
    },
  }
}
