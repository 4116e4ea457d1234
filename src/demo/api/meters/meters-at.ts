import customersView, { postalCodeKey } from '../../../../projections/customers.ts'
import meterOverview, { type MeterOverview } from '../../../../projections/meter-overview.ts'
import type { Storage } from '../../../views/with-views.ts'
import { shownMeter } from './shown-meter.ts'

/** A page of meters, and the `after` for the next page, if there is one. */
type MetersPage = { readonly items: readonly Omit<MeterOverview, 'address'>[]; readonly next?: string }

type PageOptions = { readonly limit: number; readonly after: string | undefined }

// The customers come first, then the meters that have none. A page of meters of customers says from which page of
// customers it is, and how many of its meters were on earlier pages.
const OF_CUSTOMERS = /^c(\d{1,9})\.(.*)$/s

/**
 * The meters of one postal code. The views of meters with a customer are sealed, so they are found through the view of
 * their customer, which is stored in clear and swept; those of others are queried.
 *
 * @throws as `views.query` does, such as for an invalid `after`
 */
export async function metersAt(storage: Storage, postalCode: string, options: PageOptions): Promise<MetersPage> {
  const { limit, after = 'c0.' } = options
  const [, skipped, from] = OF_CUSTOMERS.exec(after) ?? []
  if (skipped === undefined) return metersWithoutCustomer(storage, postalCode, options)
  const page = await storage.views.query(customersView, {
    limit,
    where: { [`postalCodes.${postalCodeKey(postalCode)}`]: true as const },
    ...(from && { after: from }),
  })
  const found = await metersOf(
    storage,
    page.items.flatMap(({ meters }) => meters),
    postalCode,
  )
  const rest = found.slice(Number(skipped))
  const items = rest.slice(0, limit)
  if (rest.length > limit) return { items, next: `c${Number(skipped) + limit}.${from}` }
  if (page.next !== undefined) return { items, next: `c0.${page.next}` }
  if (items.length === limit) return { items, next: 'm' }
  const others = await metersWithoutCustomer(storage, postalCode, { limit: limit - items.length, after: undefined })
  return { ...others, items: [...items, ...others.items] }
}

async function metersOf(storage: Storage, meterIds: readonly string[], postalCode: string) {
  const views = await Promise.all(meterIds.map((id) => storage.views.get(meterOverview, id)))
  return views
    .flatMap((view) => (view === null ? [] : [shownMeter(view)]))
    .filter((one) => one.postalCode === postalCode)
}

async function metersWithoutCustomer(
  { views }: Storage,
  postalCode: string,
  { limit, after }: PageOptions,
): Promise<MetersPage> {
  const page = await views.query(meterOverview, {
    limit,
    where: { postalCode },
    ...(after !== undefined && after !== 'm' && { after }),
  })
  return { ...page, items: page.items.map(shownMeter) }
}
