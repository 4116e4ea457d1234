import { batch, computed, type ReadonlySignal, type Signal, signal } from '@preact/signals'

/** The rows of one topic, each of which is watched by itself. */
export type Rows<Row> = {
  /** Whether anything has been received; until then there are no rows, and nothing can be said. */
  readonly known: ReadonlySignal<boolean>
  readonly keys: ReadonlySignal<readonly string[]>
  /** One row: undefined when there is none of that key. */
  row(key: string): ReadonlySignal<Row | undefined>
  /** All rows; a component that reads this is drawn anew on every change of any row. */
  readonly all: ReadonlySignal<readonly Row[]>
}

/** Rows that changed, or null for those that went; they follow the revision `from`. */
export type RowsPatch<Row> = {
  readonly rev: number
  readonly from: number
  readonly set: { readonly [key: string]: Row | null }
}

/** The receiving side of rows. Messages may be lost, come twice, or overtake the snapshot that was asked for. */
export type RowsStore<Row> = Rows<Row> & {
  /** Takes a whole table, unless what is here is newer; patches that came before it are applied to it. */
  replace(rev: number, data: { readonly [key: string]: Row }): void
  /** @returns false if a message before it is missing, so that a snapshot is needed; it is kept until then */
  patch(patch: RowsPatch<Row>): boolean
  /** Shows more of the rows that a large patch changed. @returns whether there are still others */
  showMore(): boolean
  /** Forgets everything: the server counts anew, or the topic is not sent any more. */
  forget(): void
  /** The table as it is here, to pass on; undefined before anything was received. */
  snapshot(): { readonly rev: number; readonly data: { readonly [key: string]: Row } } | undefined
}

/** More patches than this are not kept while a snapshot is awaited; the next one is asked for after it. */
const KEPT = 64

/** So many rows are shown at once; the others of a large patch follow, so that no frame has to draw all of them. */
const AT_ONCE = 25

export function createRows<Row>(): RowsStore<Row> {
  const data = new Map<string, Row>()
  const signals = new Map<string, Signal<Row | undefined>>()
  const unshown = new Set<string>()
  const keys = signal<readonly string[]>([])
  const revision = signal<number | undefined>(undefined)
  let early: RowsPatch<Row>[] = []

  function signalOf(key: string): Signal<Row | undefined> {
    const existing = signals.get(key)
    if (existing !== undefined) return existing
    const created = signal(data.get(key))
    signals.set(key, created)
    return created
  }

  function set(key: string, row: Row | null | undefined): void {
    if (row === null || row === undefined) data.delete(key)
    else data.set(key, row)
    unshown.add(key)
  }

  function apply(patch: RowsPatch<Row>): void {
    for (const [key, row] of Object.entries(patch.set)) set(key, row)
    revision.value = patch.rev
  }

  function become(rev: number | undefined, next: { readonly [key: string]: Row }): void {
    for (const key of [...data.keys()]) if (!Object.hasOwn(next, key)) set(key, null)
    for (const [key, row] of Object.entries(next)) set(key, row)
    revision.value = rev
  }

  function showRow(key: string): void {
    const shown = signalOf(key)
    const row = data.get(key)
    // A component that watched a row that has gone is drawn anew, and asks for it again. Kept, they would fill the memory.
    if (row === undefined && shown.peek() !== undefined) signals.delete(key)
    shown.value = row
  }

  function show(limit: number): boolean {
    let left = limit
    for (const key of unshown) {
      if (left === 0) break
      showRow(key)
      unshown.delete(key)
      left -= 1
    }
    const present = [...data.keys()]
    if (!isSameList(present, keys.peek())) keys.value = present
    return unshown.size > 0
  }

  return {
    known: computed(() => revision.value !== undefined),
    keys,
    row: signalOf,
    all: computed(() => keys.value.flatMap((key) => signalOf(key).value ?? [])),
    replace(rev, next) {
      if (rev < (revision.peek() ?? 0)) return
      batch(() => {
        become(rev, next)
        for (const patch of early.splice(0)) if (patch.from === revision.peek()) apply(patch)
        show(Number.POSITIVE_INFINITY)
      })
    },
    patch(patch) {
      const current = revision.peek()
      if (current !== undefined && patch.rev <= current) return true
      if (patch.from === current) {
        batch(() => {
          apply(patch)
          show(AT_ONCE)
        })
        return true
      }
      if (early.length < KEPT) early.push(patch)
      return false
    },
    showMore: () => batch(() => show(AT_ONCE)),
    forget() {
      early = []
      batch(() => {
        become(undefined, {})
        show(Number.POSITIVE_INFINITY)
      })
    },
    snapshot() {
      const rev = revision.peek()
      return rev === undefined ? undefined : { rev, data: Object.fromEntries(data) }
    },
  }
}

const isSameList = (a: readonly string[], b: readonly string[]) =>
  a.length === b.length && a.every((key, i) => key === b[i])
