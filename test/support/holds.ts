type Hold = { readonly now: unknown; readonly past: Set<unknown> }

/** What is looked at of a lease that was saved. */
export type SavedLease = { readonly hold?: unknown; readonly owner?: unknown }

/** Sees leases as they are committed, in that order, and fails when somebody saves one who had lost it. */
export function watchHolds(fail: (failure: string) => void): (id: string, lease: SavedLease) => void {
  const holds = new Map<string, Hold>()
  return (id, { hold, owner }) => {
    if (hold === undefined) return
    const known = holds.get(id)
    if (known?.now === hold) return
    const past = known?.past ?? new Set()
    if (past.has(hold)) fail(`lease ${id} was saved by ${owner}, who had lost it`)
    if (known) past.add(known.now)
    holds.set(id, { now: hold, past })
  }
}
