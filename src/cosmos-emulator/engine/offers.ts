import type { Stamps } from './documents/stamps.ts'
import { badRequest, notFound } from './errors.ts'
import { type ResourceFields, resourceFields } from './resource.ts'

/** Throughput in request units a second: fixed, or automatic up to a maximum. */
export type Throughput = { readonly fixed: number } | { readonly maximum: number }

/** The throughput of a container or of a database, as Cosmos says it. */
export type Offer = ResourceFields & {
  readonly id: string
  readonly offerVersion: 'V2'
  readonly offerType: 'Invalid'
  /** The `_self` of what it is the throughput of. */
  readonly resource: string
  readonly offerResourceId: string
  readonly content: {
    readonly offerThroughput: number
    readonly offerIsRUPerMinuteThroughputEnabled: false
    readonly offerAutopilotSettings?: { readonly maxThroughput: number }
  }
}

/** What one physical partition carries, in request units a second. */
const PARTITION_THROUGHPUT = 10_000

/** What one carries at first, in a container that is created with a fixed throughput. */
const INITIAL_FIXED_THROUGHPUT = 6_000

const MAX_THROUGHPUT = 1_000_000

/** How many physical partitions a throughput takes at least. */
export function partitionsFor(throughput: Throughput): number {
  return Math.ceil(unitsOf(throughput) / PARTITION_THROUGHPUT)
}

/** How many physical partitions a container begins with when it is created with a throughput. */
export function initialPartitionsFor(throughput: Throughput): number {
  return Math.ceil(unitsOf(throughput) / ('fixed' in throughput ? INITIAL_FIXED_THROUGHPUT : PARTITION_THROUGHPUT))
}

/** A throughput in request units a second, an automatic one at its most. */
export function unitsOf(throughput: Throughput): number {
  return 'fixed' in throughput ? throughput.fixed : throughput.maximum
}

/** The offers of one account. */
export class OfferStore {
  readonly #offers = new Map<string, Offer>()
  readonly #stamps: Stamps

  constructor(stamps: Stamps) {
    this.#stamps = stamps
  }

  list(): Offer[] {
    return [...this.#offers.values()]
  }

  create(resource: { readonly _self: string; readonly _rid: string }, throughput: Throughput): Offer {
    const id = Array.from({ length: 4 }, () => Math.floor(this.#stamps.random() * 36).toString(36)).join('')
    if (this.#offers.has(id)) return this.create(resource, throughput)
    const offer: Offer = {
      id,
      offerVersion: 'V2',
      offerType: 'Invalid',
      resource: resource._self,
      offerResourceId: resource._rid,
      content: contentOf(throughput),
      ...resourceFields(id, `offers/${id}/`, this.#stamps),
    }
    this.#offers.set(id, offer)
    return offer
  }

  /** @throws CosmosError 404 */
  get(id: string): Offer {
    const offer = this.#offers.get(id)
    if (offer === undefined) throw notFound()
    return offer
  }

  /** @throws CosmosError 400 a content without a throughput, 404 */
  replace(id: string, sent: unknown): Offer {
    const offer = this.get(id)
    const content = (sent as { content?: Partial<Offer['content']> } | null)?.content
    const maximum = content?.offerAutopilotSettings?.maxThroughput
    const throughput = maximum === undefined ? { fixed: content?.offerThroughput } : { maximum }
    const replaced = {
      ...offer,
      content: contentOf(checkedThroughput(throughput)),
      ...resourceFields(offer._rid, offer._self, this.#stamps),
    }
    this.#offers.set(id, replaced)
    return replaced
  }

  /** Deletes the offers of a resource and of what is in it. */
  removeOf(self: string): void {
    for (const { id, resource } of this.list()) if (resource.startsWith(self)) this.#offers.delete(id)
  }
}

/** The throughput that an offer says. */
export function throughputOf({ content }: Offer): Throughput {
  const maximum = content.offerAutopilotSettings?.maxThroughput
  return maximum === undefined ? { fixed: content.offerThroughput } : { maximum }
}

/**
 * @throws CosmosError 400 below 400 units or no multiple of 100, automatic below 1,000 or no multiple of 1,000; above
 * what an account allows until Microsoft is asked for more
 */
export function checkedThroughput(sent: { fixed?: unknown } | { maximum?: unknown }): Throughput {
  const isAutomatic = 'maximum' in sent
  const units = Number(isAutomatic ? sent.maximum : (sent as { fixed?: unknown }).fixed)
  const [least, step] = isAutomatic ? [1_000, 1_000] : [400, 100]
  if (!(units >= least && units <= MAX_THROUGHPUT) || units % step !== 0) {
    const rule = `a multiple of ${step} from ${least} to ${MAX_THROUGHPUT}`
    throw badRequest(`Throughput must be ${rule}.`)
  }
  return isAutomatic ? { maximum: units } : { fixed: units }
}

function contentOf(throughput: Throughput): Offer['content'] {
  return 'fixed' in throughput
    ? { offerThroughput: throughput.fixed, offerIsRUPerMinuteThroughputEnabled: false }
    : {
        offerThroughput: throughput.maximum / 10,
        offerIsRUPerMinuteThroughputEnabled: false,
        offerAutopilotSettings: { maxThroughput: throughput.maximum },
      }
}
