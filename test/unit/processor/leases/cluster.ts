import type { LeaseDocument } from '../../../../src/core/port/lease-store.ts'
import { freeSince, isAlive, type KnownDocument } from '../../../../src/processor/leases/lease-expiry.ts'
import { leasesToTake } from '../../../../src/processor/leases/load-balancing.ts'

/** What happens to a cluster; `which` picks among the workers that are there. */
export type ClusterEvent =
  | { readonly kind: 'join'; readonly skew: number }
  | { readonly kind: 'kill' | 'leave'; readonly which: number }
  | { readonly kind: 'pause'; readonly which: number; readonly time: number }
  | { readonly kind: 'wait'; readonly time: number }

type Document = { readonly id: string; owner: string | null; life: string; expiresAt: number; revision: number }

type Member = {
  readonly id: string
  readonly skew: number
  /** When it looks next. */
  next: number
  renewAt: number
  pausedUntil: number
  readonly seen: Map<string, { readonly revision: number; readonly at: number }>
}

/**
 * Workers that look at leases by turns, each with its own clock, and do what the balance says. Between what a worker
 * sees and what it takes, others may take the same: then it finds the document changed.
 */
export function createCluster(options: {
  readonly ranges: number
  readonly projections: number
  readonly duration: number
  readonly poll: number
  readonly seed: number
}) {
  const { duration, poll } = options
  const versions = Array.from({ length: options.projections }, (_, i) => `p${i}:1`)
  const leases: (Document & { readonly range: string; readonly projection: string })[] = []
  for (let range = 0; range < options.ranges; range++) {
    for (const projection of versions) {
      const name = String(range).padStart(2, '0')
      leases.push({
        id: `${projection}:${name}`,
        range: name,
        projection,
        owner: null,
        life: '',
        expiresAt: 0,
        revision: 0,
      })
    }
  }
  const workers = new Map<string, Document>()
  const members: Member[] = []
  let state = options.seed | 0
  const random = () => {
    state = (Math.imul(state, 1664525) + 1013904223) | 0
    return (state >>> 0) / 2 ** 32
  }
  let now = 1_000_000
  let joined = 0
  let changes = 0
  let longestGap = 0
  // Since when nobody who is alive has each lease: true time.
  const gaps = new Map<string, number>()

  function save(document: Document, owner: string | null, expiresAt: number): void {
    if (document.owner !== owner) changes++
    document.owner = owner
    // A worker lives once here.
    document.life = owner ?? ''
    document.expiresAt = expiresAt
    document.revision++
  }

  function look(member: Member): void {
    const own = now + member.skew
    if (own >= member.renewAt) {
      const mine = workers.get(member.id) ?? {
        id: member.id,
        owner: member.id,
        life: member.id,
        expiresAt: 0,
        revision: 0,
      }
      workers.set(member.id, mine)
      mine.expiresAt = own + duration
      mine.revision++
      member.renewAt = own + duration / 3
    }
    const known = (document: Document, id: string = document.id): KnownDocument => {
      const { owner, life, expiresAt, revision } = document
      const seen = member.seen.get(id)
      const at = seen?.revision === revision ? seen.at : own
      member.seen.set(id, { revision, at })
      return {
        stored: { document: { owner, life, expiresAt, duration } as unknown as LeaseDocument, etag: String(revision) },
        seenAt: at,
      }
    }
    const others = new Map([...workers.values()].map((one) => [one.id, known(one, `worker ${one.id}`)]))
    const board = leases.map((lease) => {
      const { id, range, projection, owner } = lease
      return { id, range, projection, owner, freeSince: freeSince(known(lease), others.get(owner ?? ''), own) }
    })
    const living = [...others].filter(([, one]) => isAlive(one, own)).map(([id]) => ({ id, projections: versions }))
    const revisions = new Map(leases.map(({ id, revision }) => [id, revision]))
    const take = leasesToTake({ me: member.id, leases: board, workers: living, now: own, patience: poll })
    // What it saw is a little old when it acts.
    pending.push({ at: now + random() * 50, member, take, revisions })
  }

  type Pending = { at: number; member: Member; take: readonly string[]; revisions: Map<string, number> }
  let pending: Pending[] = []

  function act({ member, take, revisions }: Pending): void {
    if (!members.includes(member)) return
    for (const lease of leases) {
      if (!take.includes(lease.id) || revisions.get(lease.id) !== lease.revision) continue
      save(lease, member.id, now + member.skew + duration)
    }
  }

  function step(): void {
    now += 25
    const due = pending.filter(({ at }) => at <= now)
    pending = pending.filter(({ at }) => at > now)
    for (const one of due) act(one)
    for (const member of members) {
      if (member.next > now || member.pausedUntil > now) continue
      look(member)
      member.next = now + poll * (0.8 + 0.2 * random())
    }
    for (const { id, owner } of leases) {
      const owned = owner !== null && members.some((member) => member.id === owner)
      if (owned) gaps.delete(id)
      else gaps.set(id, gaps.get(id) ?? now)
      if (members.length > 0) longestGap = Math.max(longestGap, now - (gaps.get(id) ?? now))
    }
  }

  function pick(which: number): Member | undefined {
    return members[which % members.length]
  }

  return {
    get changes() {
      return changes
    },
    /** The longest time that a lease was nobody's who is alive: milliseconds. */
    get longestGap() {
      return longestGap
    },
    owners() {
      return members.map(({ id }) => ({
        id,
        leases: leases.filter(({ owner }) => owner === id),
      }))
    },
    do(event: ClusterEvent): void {
      if (event.kind === 'join') {
        const id = `w${String(++joined).padStart(2, '0')}`
        const next = now + random() * poll
        members.push({ id, skew: event.skew, next, renewAt: 0, pausedUntil: 0, seen: new Map() })
      } else if (event.kind === 'wait') {
        for (const end = now + event.time; now < end; ) step()
      } else {
        const member = pick(event.which)
        if (member === undefined) return
        if (event.kind === 'pause') member.pausedUntil = now + event.time
        else members.splice(members.indexOf(member), 1)
        if (event.kind !== 'leave') return
        workers.delete(member.id)
        for (const lease of leases) if (lease.owner === member.id) save(lease, null, 0)
      }
    },
  }
}
