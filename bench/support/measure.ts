import type { EmmettName, EmmettPeer } from './emmett/install.ts'
import type { Summary } from './statistics.ts'

/** What a row should reach: at least, or less than, a number in the row's unit. */
export type Aim = { readonly atLeast: number } | { readonly below: number }

/** One row of the table: a figure, what it should reach, and how far its repetitions lay apart. */
export type Row = {
  readonly id: string
  readonly label: string
  /** The median of the repetitions. */
  readonly value: number
  readonly unit: string
  /** Null where the figure is only reported. */
  readonly aim: Aim | null
  /** Lowest and highest of the repetitions; null where the figure was taken once. */
  readonly spread: Pick<Summary, 'low' | 'high'> | null
  readonly note?: string
  /** What the figure is relative to, with the durability that it gives; for people. Of ratios alone. */
  readonly peer?: string
}

/** What a measure gets from the runner. */
export type BenchContext = {
  readonly quick: boolean
  /** How often each side is measured. */
  readonly repetitions: number
  /** When no further round is begun, however few there were, by `performance.now()`; there is always one. */
  readonly until: number
  /** An empty folder on a real disk, for this measure alone; it is removed after it. */
  readonly folder: string
  /** The event store of emmett's that the measure names; null when it names none, or its installation failed. */
  readonly emmett: EmmettPeer | null
  /** The connection string of the run's MongoDB server, which is started when it is first asked for. */
  readonly mongodb: () => Promise<string>
  /** Says on stderr how far it is. */
  readonly progress: (text: string) => void
}

/** One line, or several, of the table that the benchmarks print. */
export type Measure = {
  /** What `--only` takes. */
  readonly id: string
  readonly title: string
  /** What of emmett's it is compared with. */
  readonly emmett?: EmmettName
  /** The server that it cannot do without. */
  readonly server?: 'mongodb'
  run(context: BenchContext): Promise<readonly Row[]>
}

/** Whether a row reaches its aim; one without an aim always does. */
export function reaches({ value, aim }: Pick<Row, 'value' | 'aim'>): boolean {
  if (aim === null) return true
  return 'atLeast' in aim ? value >= aim.atLeast : value < aim.below
}

/** A row out of repetitions that were summed up already. */
export const row = (
  id: string,
  label: string,
  summary: Summary,
  unit: string,
  aim: Aim | null = null,
  note?: string,
): Row => ({
  id,
  label,
  value: summary.median,
  unit,
  aim,
  spread: { low: summary.low, high: summary.high },
  ...(note !== undefined && { note }),
})

/** A row that is relative to a peer. @param peer what it is, with the durability that it gives */
export const against = (peer: string, row: Row): Row => ({ ...row, peer })
