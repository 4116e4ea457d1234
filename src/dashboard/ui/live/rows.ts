import { batch, computed, type ReadonlySignal, type Signal, signal } from '@preact/signals'

/** The rows of one topic, each of which is watched by itself. */
export type Rows<Row> = {
  /** Whether anything has been received; until then there are no rows, and nothing can be said. */
  readonly known: ReadonlySignal<boolean>
  readonly keys: ReadonlySignal<readonly string[]>
  /** One row: undefined when there is none of that key. */
  row(key: string): ReadonlySignal<Row | undefined>
  /** All rows; whoever reads this is called back on every change of any row. */
  readonly all: ReadonlySignal<readonly Row[]>
}

/** The receiving side of rows. */
export type RowsStore<Row> = Rows<Row> & {
  /** The revision that was applied last; undefined before the first. */
  revision(): number | undefined
  replace(revision: number, data: { readonly [key: string]: Row }): void
  /** @returns whether the patch follows the revision that is here; if not, nothing changed */
  patch(revision: number, from: number, set: { readonly [key: string]: Row | null }): boolean
  /** All rows by key, to pass on. */
  data(): { readonly [key: string]: Row }
}

export function createRows<Row>(): RowsStore<Row> {
  const signals = new Map<string, Signal<Row | undefined>>()
  const keys = signal<readonly string[]>([])
  const known = signal(false)
  let revision: number | undefined
  const signalOf = (key: string) => {
    const existing = signals.get(key)
    if (existing !== undefined) return existing
    const created = signal<Row | undefined>(undefined)
    signals.set(key, created)
    return created
  }
  const present = () => keys.peek().flatMap((key) => entryOf(key, signalOf(key).peek()))
  return {
    known,
    keys,
    row: signalOf,
    all: computed(() => keys.value.flatMap((key) => signalOf(key).value ?? [])),
    revision: () => revision,
    replace(next, data) {
      batch(() => {
        for (const [key, row] of Object.entries(data)) signalOf(key).value = row
        for (const key of keys.peek()) if (!Object.hasOwn(data, key)) signalOf(key).value = undefined
        keys.value = Object.keys(data)
        known.value = true
      })
      revision = next
    },
    patch(next, from, set) {
      if (revision !== from) return false
      const now = new Set(keys.peek())
      batch(() => {
        for (const [key, row] of Object.entries(set)) {
          signalOf(key).value = row ?? undefined
          if (row === null) now.delete(key)
          else now.add(key)
        }
        if (now.size !== keys.peek().length || [...now].some((key, i) => key !== keys.peek()[i])) keys.value = [...now]
      })
      revision = next
      return true
    },
    data: () => Object.fromEntries(present()),
  }
}

function entryOf<Row>(key: string, row: Row | undefined): [string, Row][] {
  return row === undefined ? [] : [[key, row]]
}
