/** A lease, as whoever balances sees it. */
export type BalanceLease = {
  readonly id: string
  /** Names the feed range. The leases of one range go to one worker, which then reads the feed once for all of them. */
  readonly range: string
  /** The projection version, as workers list theirs. */
  readonly projection: string
  /** The worker that holds it, or null. */
  readonly owner: string | null
  /** When it expires by its owner's clock: milliseconds since 1970. */
  readonly expiresAt: number
  /** How long it lasts from each save on: milliseconds. */
  readonly duration: number
  /** When this worker first saw it in the state that it is in: milliseconds since 1970, by the own clock. */
  readonly seenAt: number
}

/** A worker and the projection versions that it has. */
export type BalanceWorker = {
  readonly id: string
  readonly projections: readonly string[]
  /** As of a lease. */
  readonly expiresAt: number
  readonly duration: number
  readonly seenAt: number
}

export type BalanceInput = {
  /** The worker that asks; it need not be among the workers. */
  readonly me: string
  readonly leases: readonly BalanceLease[]
  readonly workers: readonly BalanceWorker[]
  /** Milliseconds since 1970, by the own clock. */
  readonly now: number
  /** For how many milliseconds a free lease waits for the worker that should take it before anybody may. */
  readonly patience: number
}

type Lapsing = Pick<BalanceLease, 'expiresAt' | 'duration' | 'seenAt'>

/**
 * When a lease lapses, by the own clock: at the time that it names, or once it was not renewed for as long as it lasts.
 * The latter holds also where the owner's clock is ahead.
 */
const lapsesAt = ({ expiresAt, seenAt, duration }: Lapsing): number => Math.min(expiresAt, seenAt + duration)

/** Since when nobody owns a lease, or undefined when somebody does: milliseconds since 1970, by the own clock. */
export function freeSince(lease: Lapsing & { readonly owner: string | null }, now: number): number | undefined {
  if (lease.owner === null) return lease.seenAt
  const end = lapsesAt(lease)
  return now >= end ? end : undefined
}

/** Whether a worker is to be taken for alive. */
export const isAlive = (worker: Lapsing, now: number): boolean => now < lapsesAt(worker)

/**
 * Which leases a worker should take now. Every worker asks for itself. From the same leases they come to the same plan:
 * whoever has least takes what is free, and when all is owned and somebody has two ranges less than another, one of
 * them. A move brings the two shares closer together, so moves come to an end. Nothing needs to be given up: who loses
 * a lease learns it at the ETag. The idea is the equal partitions strategy of the Cosmos DB change feed processor for
 * .NET.
 *
 * Shares are counted in ranges, among those workers that may take the same leases.
 *
 * @returns ids of leases
 */
export function leasesToTake({ me, leases, workers, now, patience }: BalanceInput): string[] {
  const living = workers.filter((worker) => isAlive(worker, now)).sort((a, b) => order(a.id, b.id))
  const held = (lease: BalanceLease) => freeSince(lease, now) === undefined
  const totals = new Map<string, number>()
  const take: string[] = []
  for (const { able, units } of classesOf(leases, living)) {
    const plan = planOf(units, able, held, totals)
    for (const unit of units) {
      const mine = plan.get(unit) === me
      for (const lease of unit.leases) {
        const since = freeSince(lease, now)
        const overdue = since !== undefined && now - since >= patience && able.includes(me)
        // A lease of somebody who is none of the workers is on its way to an end: it is waited for.
        const stolen = since === undefined && lease.owner !== me && able.includes(lease.owner ?? '')
        if (overdue || (mine && (since !== undefined || stolen))) take.push(lease.id)
      }
    }
  }
  return take
}

/** The leases of one range that the same workers may take: what is given out as a whole. */
type Unit = { readonly range: string; readonly leases: readonly BalanceLease[] }

type Class = { readonly able: readonly string[]; readonly units: readonly Unit[] }

const order = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0)

function classesOf(leases: readonly BalanceLease[], living: readonly BalanceWorker[]): Class[] {
  const ableOf = new Map<string, readonly string[]>()
  const classes = new Map<string, { readonly able: readonly string[]; readonly ranges: Map<string, BalanceLease[]> }>()
  for (const lease of [...leases].sort((a, b) => order(a.id, b.id))) {
    let able = ableOf.get(lease.projection)
    if (able === undefined) {
      able = living.filter(({ projections }) => projections.includes(lease.projection)).map(({ id }) => id)
      ableOf.set(lease.projection, able)
    }
    const key = JSON.stringify(able)
    const found = classes.get(key) ?? { able, ranges: new Map<string, BalanceLease[]>() }
    classes.set(key, found)
    const unit = found.ranges.get(lease.range)
    if (unit) unit.push(lease)
    else found.ranges.set(lease.range, [lease])
  }
  return [...classes]
    .sort(([a], [b]) => order(a, b))
    .map(([, { able, ranges }]) => ({
      able,
      units: [...ranges].map(([range, of]) => ({ range, leases: of })).sort((a, b) => order(a.range, b.range)),
    }))
}

/** Who should have each unit. `totals` counts over all classes, so that what is left over goes to different workers. */
function planOf(
  units: readonly Unit[],
  able: readonly string[],
  held: (lease: BalanceLease) => boolean,
  totals: Map<string, number>,
): Map<Unit, string> {
  const plan = new Map<Unit, string>()
  const loads = new Map<string, Unit[]>(able.map((id) => [id, []]))
  const free: Unit[] = []
  for (const unit of units) {
    const holder = holderOf(unit, able, held)
    if (holder === undefined) free.push(unit)
    else loads.get(holder)?.push(unit)
  }
  const load = (id: string) => loads.get(id)?.length ?? 0
  const total = (id: string) => load(id) + (totals.get(id) ?? 0)
  const ranked = () => [...able].sort((a, b) => load(a) - load(b) || total(a) - total(b) || order(a, b))
  for (const unit of free) {
    const [least] = ranked()
    if (least !== undefined) loads.get(least)?.push(unit)
  }
  for (;;) {
    const rank = ranked()
    const [least, most] = [rank.at(0), rank.at(-1)]
    if (least === undefined || most === undefined || load(most) - load(least) < 2) break
    const moved = loads.get(most)?.pop()
    if (moved) loads.get(least)?.push(moved)
  }
  for (const [id, of] of loads) {
    totals.set(id, total(id))
    for (const unit of of) plan.set(unit, id)
  }
  return plan
}

/** The worker that holds most of a unit. */
function holderOf(
  { leases }: Unit,
  able: readonly string[],
  held: (lease: BalanceLease) => boolean,
): string | undefined {
  const counts = new Map<string, number>()
  for (const lease of leases) {
    if (lease.owner !== null && able.includes(lease.owner) && held(lease)) {
      counts.set(lease.owner, (counts.get(lease.owner) ?? 0) + 1)
    }
  }
  return [...counts].sort(([a, m], [b, n]) => n - m || order(a, b))[0]?.[0]
}
