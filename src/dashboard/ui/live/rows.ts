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
  /** Forgets everything: the server counts anew, or the topic is not sent any more. */
  forget(): void
  /** The table as it is here, to pass on; undefined before anything was received. */
  snapshot(): { readonly rev: number; readonly data: { readonly [key: string]: Row } } | undefined
}

/** More patches than this are not kept while a snapshot is awaited; the next one is asked for after it. */
const KEPT = 64

export function createRows<Row>(): RowsStore<Row> {
  const signals = new Map<string, Signal<Row | undefined>>()
  const keys = signal<readonly string[]>([])
  const revision = signal<number | undefined>(undefined)
  let early: RowsPatch<Row>[] = []

  function signalOf(key: string): Signal<Row | undefined> {
    const existing = signals.get(key)
    if (existing !== undefined) return existing
    const created = signal<Row | undefined>(undefined)
    signals.set(key, created)
    return created
  }

  function apply({ rev, set }: RowsPatch<Row>): void {
    const next = new Set(keys.peek())
    for (const [key, row] of Object.entries(set)) {
      signalOf(key).value = row ?? undefined
      if (row === null) next.delete(key)
      else next.add(key)
    }
    if (!isSameList([...next], keys.peek())) keys.value = [...next]
    revision.value = rev
  }

  function become(rev: number | undefined, data: { readonly [key: string]: Row }): void {
    for (const [key, row] of Object.entries(data)) signalOf(key).value = row
    for (const key of keys.peek()) if (!Object.hasOwn(data, key)) signalOf(key).value = undefined
    const next = Object.keys(data)
    if (!isSameList(next, keys.peek())) keys.value = next
    revision.value = rev
  }

  return {
    known: computed(() => revision.value !== undefined),
    keys,
    row: signalOf,
    all: computed(() => keys.value.flatMap((key) => signalOf(key).value ?? [])),
    replace(rev, data) {
      if (rev < (revision.peek() ?? 0)) return
      batch(() => {
        become(rev, data)
        for (const patch of early.splice(0)) if (patch.from === revision.peek()) apply(patch)
      })
    },
    patch(patch) {
      const current = revision.peek()
      if (current !== undefined && patch.rev <= current) return true
      if (patch.from === current) {
        batch(() => apply(patch))
        return true
      }
      if (early.length < KEPT) early.push(patch)
      return false
    },
    forget() {
      early = []
      batch(() => become(undefined, {}))
    },
    snapshot() {
      const rev = revision.peek()
      if (rev === undefined) return undefined
      const data: { [key: string]: Row } = {}
      for (const key of keys.peek()) {
        const row = signalOf(key).peek()
        if (row !== undefined) data[key] = row
      }
      return { rev, data }
    },
  }
}

const isSameList = (a: readonly string[], b: readonly string[]) =>
  a.length === b.length && a.every((key, i) => key === b[i])
