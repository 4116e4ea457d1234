import { type Aim, type Row, row } from '../measure.ts'
import { summarise } from '../statistics.ts'
import { publishedByEquinox } from './equinox.ts'
import { chargedBy } from './live.ts'
import type { Cost, RequestMeter } from './request-meter.ts'

/** What to say of an operation. */
export type Told = {
  readonly id: string
  readonly label: string
  /** How many requests it may take. */
  readonly atMost?: number
  /** The figure of Equinox that comes nearest. */
  readonly beside?: Parameters<typeof publishedByEquinox>[0]
}

/** An operation whose cost is counted. */
export type Costed = Told & {
  /** Does what comes before, uncounted, and gives what is counted. */
  prepare(): Promise<() => Promise<unknown>>
}

/** Does each operation so many times, one after another, and tells what it takes in requests and request units. */
export async function costsOf(meter: RequestMeter, repetitions: number, operations: readonly Costed[]): Promise<Row[]> {
  const rows: Row[] = []
  for (const operation of operations) {
    const costs: Cost[] = []
    for (let i = 0; i < repetitions; i++) costs.push(await meter.costOf(await operation.prepare()))
    rows.push(...toRows(operation, costs))
  }
  return rows
}

/** The two rows of an operation. */
export function toRows({ id, label, atMost, beside }: Told, costs: readonly Cost[]): Row[] {
  const of = (figure: keyof Cost) => summarise(costs.map((cost) => cost[figure]))
  const most: Aim | null = atMost === undefined ? null : { below: atMost + 1 }
  const note = beside === undefined ? chargedBy : `${chargedBy}. ${publishedByEquinox(beside)}`
  return [
    row(`${id}-requests`, label, of('requests'), 'requests', most),
    row(`${id}-charge`, label, of('charge'), 'RU', null, note),
  ]
}
