/** A lease, as load balancing sees it. */
export type BalanceLease = {
  readonly id: string
  /**
   * Identifies the feed range. The leases of one range go to one worker, which then reads the feed once for all of
   * them.
   */
  readonly range: string
  /** The projection version, as workers list theirs. */
  readonly projection: string
  /** The worker that owns it, or last owned it; null if it was released. */
  readonly owner: string | null
  /** Since when it has had no owner: milliseconds since 1970; undefined while it has one. */
  readonly freeSince: number | undefined
}

/** A living worker and the projection versions that it has. */
export type BalanceWorker = { readonly id: string; readonly projections: readonly string[] }

export type BalanceInput = {
  /** The worker that asks; it may be missing from the workers. */
  readonly me: string
  readonly leases: readonly BalanceLease[]
  /** The workers that are alive. */
  readonly workers: readonly BalanceWorker[]
  /** Milliseconds since 1970, by this worker's clock. */
  readonly now: number
  /** For how many milliseconds a free lease waits for the worker that should take it, before any other may. */
  readonly patience: number
}

/**
 * Which leases a worker should take now. Every worker computes this for itself, and from the same leases all reach the
 * same plan: the worker with the fewest ranges takes the free ones; if all are owned and one worker has at least two
 * ranges fewer than another, it takes one of those. A move brings the two shares closer together, so moves come to an
 * end. Nothing needs to be released first: a worker that loses a lease learns it from the ETag. The idea is the equal
 * partitions strategy of the Cosmos DB change feed processor for .NET.
 *
 * Shares are counted in ranges, among those workers that may take the same leases.
 *
 * @returns ids of leases
 */
export function leasesToTake({ me, leases, workers, now, patience }: BalanceInput): string[] {
  const living = workers.toSorted((a, b) => order(a.id, b.id))
  const totals = new Map<string, number>()
  const take: string[] = []
  for (const { able, units } of classesOf(leases, living)) {
    const ids = new Set(able)
    const plan = planOf(units, able, ids, totals)
    const isAble = ids.has(me)
    for (const unit of units) {
      const isMine = plan.get(unit) === me
      for (const { id, owner, freeSince } of unit.leases) {
        const isOverdue = freeSince !== undefined && now - freeSince >= patience && isAble
        // The lease of an owner that is not among the workers is about to expire, so wait for that.
        const isStolen = freeSince === undefined && owner !== me && ids.has(owner ?? '')
        if (isOverdue || (isMine && (freeSince !== undefined || isStolen))) take.push(id)
      }
    }
  }
  return take
}

/** The leases of one range that the same workers may take: they are assigned together. */
type Unit = { readonly range: string; readonly leases: readonly BalanceLease[] }

type Class = { readonly able: readonly string[]; readonly units: readonly Unit[] }

const order = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0)

function classesOf(leases: readonly BalanceLease[], living: readonly BalanceWorker[]): Class[] {
  const classOf = new Map<string, { readonly able: readonly string[]; readonly ranges: Map<string, BalanceLease[]> }>()
  const classes = new Map<string, { readonly able: readonly string[]; readonly ranges: Map<string, BalanceLease[]> }>()
  const haves = living.map(({ id, projections }) => ({ id, projections: new Set(projections) }))
  for (const lease of leases.toSorted((a, b) => order(a.id, b.id))) {
    let found = classOf.get(lease.projection)
    if (found === undefined) {
      const able = haves.filter(({ projections }) => projections.has(lease.projection)).map(({ id }) => id)
      const key = JSON.stringify(able)
      found = classes.get(key) ?? { able, ranges: new Map<string, BalanceLease[]>() }
      classes.set(key, found)
      classOf.set(lease.projection, found)
    }
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

/** Which worker should have each unit. `totals` counts over all classes, so that remainders go to different workers. */
function planOf(
  units: readonly Unit[],
  able: readonly string[],
  ids: ReadonlySet<string>,
  totals: Map<string, number>,
): Map<Unit, string> {
  const holders = units.map((unit) => holderOf(unit, ids))
  const held = new Map<string, number>(able.map((id) => [id, 0]))
  for (const holder of holders) if (holder !== undefined) held.set(holder, (held.get(holder) ?? 0) + 1)
  const ranking = rank(able, (id) => held.get(id) ?? 0, totals)
  for (const holder of holders) {
    const least = ranking.least()
    if (holder === undefined && least !== undefined) ranking.move(least, 1)
  }
  for (;;) {
    const [least, most] = [ranking.least(), ranking.most()]
    if (least === undefined || most === undefined || ranking.load(most) - ranking.load(least) < 2) break
    ranking.move(most, -1)
    ranking.move(least, 1)
  }
  // Workers with too many units lose the last ones.
  const excess = (id: string) => (held.get(id) ?? 0) - ranking.load(id)
  const given = new Map(able.map((id) => [id, excess(id)]))
  for (let i = holders.length - 1; i >= 0; i--) {
    const holder = holders[i]
    const left = holder === undefined ? 0 : (given.get(holder) ?? 0)
    if (holder === undefined || left <= 0) continue
    given.set(holder, left - 1)
    holders[i] = undefined
  }
  for (const id of able) totals.set(id, ranking.load(id) + (totals.get(id) ?? 0))
  const shares = new Map(able.map((id) => [id, Math.max(0, -excess(id))]))
  return new Map([...inRuns(holders, shares)].map(([i, id]) => [units[i] as Unit, id]))
}

/**
 * Assigns free and kept units so that each worker's ranges are adjacent, as far as possible, because neighbouring
 * ranges often write the same part of a view.
 *
 * @param holders the worker that has each unit, in the order of the ranges
 * @param shares how many more units each worker gets
 * @returns the worker of each unit
 */
function* inRuns(
  holders: readonly (string | undefined)[],
  shares: ReadonlyMap<string, number>,
): Iterable<[number, string]> {
  const left = new Map(shares)
  const hasRoom = (id: string | undefined): id is string => id !== undefined && (left.get(id) ?? 0) > 0
  // The worker of the next unit that has one, seen from each unit.
  const next = holders.slice()
  for (let i = next.length - 2; i >= 0; i--) next[i] ??= next[i + 1]
  let current: string | undefined
  for (const [i, holder] of holders.entries()) {
    if (holder !== undefined) {
      current = holder
      yield [i, holder]
      continue
    }
    if (!hasRoom(current)) current = hasRoom(next[i]) ? next[i] : [...left.keys()].find(hasRoom)
    if (current === undefined) return
    left.set(current, (left.get(current) ?? 0) - 1)
    yield [i, current]
  }
}

/**
 * Workers in the order of load, then of the load in all classes, then of their ids; maintained while loads change by
 * one.
 */
function rank(able: readonly string[], loadOf: (id: string) => number, totals: ReadonlyMap<string, number>) {
  const before = (a: string, b: string) => (totals.get(a) ?? 0) - (totals.get(b) ?? 0) || order(a, b)
  const loads = new Map(able.map((id) => [id, loadOf(id)]))
  const byLoad = new Map<number, string[]>()
  for (const id of able.toSorted(before)) at(loads.get(id) as number).push(id)
  let [lowest, highest] = [Math.min(...byLoad.keys()), Math.max(...byLoad.keys())]

  function at(load: number): string[] {
    const there = byLoad.get(load) ?? []
    byLoad.set(load, there)
    return there
  }

  function put(id: string, load: number): void {
    const there = at(load)
    let [low, high] = [0, there.length]
    while (low < high) {
      const middle = (low + high) >> 1
      if (before(there[middle] as string, id) < 0) low = middle + 1
      else high = middle
    }
    there.splice(low, 0, id)
  }

  return {
    load: (id: string) => loads.get(id) as number,
    least: () => byLoad.get(lowest)?.[0],
    most: () => byLoad.get(highest)?.at(-1),
    move(id: string, by: 1 | -1) {
      const from = loads.get(id) as number
      const there = at(from)
      there.splice(there.indexOf(id), 1)
      loads.set(id, from + by)
      put(id, from + by)
      lowest = Math.min(lowest, from + by)
      highest = Math.max(highest, from + by)
      while (lowest < highest && at(lowest).length === 0) lowest++
      while (highest > lowest && at(highest).length === 0) highest--
    },
  }
}

/** The worker that owns most of a unit. */
function holderOf({ leases }: Unit, able: ReadonlySet<string>): string | undefined {
  const counts = new Map<string, number>()
  for (const { owner, freeSince } of leases) {
    if (owner !== null && freeSince === undefined && able.has(owner)) counts.set(owner, (counts.get(owner) ?? 0) + 1)
  }
  return [...counts].sort(([a, m], [b, n]) => n - m || order(a, b))[0]?.[0]
}
