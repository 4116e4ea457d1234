import type { TopicName, Topics } from '../../contract/topics.ts'
import { createRows, type Rows, type RowsStore } from './rows.ts'

type Row<T extends TopicName> = Topics[T][string]

const stores = new Map<TopicName, RowsStore<never>>()

/** The rows of a topic. They are sent only while a page that is shown names the topic. */
export function topic<T extends TopicName>(name: T): Rows<Row<T>> {
  return storeOf(name)
}

/** The store of a topic, for those who receive it. */
export function storeOf<T extends TopicName>(name: T): RowsStore<Row<T>> {
  const existing = stores.get(name)
  if (existing !== undefined) return existing as unknown as RowsStore<Row<T>>
  const created = createRows<Row<T>>()
  stores.set(name, created as unknown as RowsStore<never>)
  return created
}

/** Forgets the rows of all topics but those named: they are not sent any more, and would grow old unseen. */
export function forgetAllBut(names: readonly TopicName[]): void {
  for (const [name, store] of stores) if (!names.includes(name)) store.forget()
}

/** Shows more of the rows that large patches changed. @returns whether there are still others */
export function showMoreRows(): boolean {
  return [...stores.values()].map((store) => store.showMore()).includes(true)
}
