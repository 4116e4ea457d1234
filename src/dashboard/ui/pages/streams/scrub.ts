import type { StreamAnswer } from '../../../contract/requests.ts'

export type Fold = StreamAnswer['folds'][number]

/** Names a fold in an address: `aggregate:meter`, `projection:meter-overview:3`. */
export const foldName = ({ kind, name, version }: Fold): string =>
  version === null ? `${kind}:${name}` : `${kind}:${name}:${version}`

/** The fold that the address names, or the first one. */
export const chosenFold = (folds: readonly Fold[], named: string | undefined): Fold | undefined =>
  folds.find((fold) => foldName(fold) === named) ?? folds[0]

/** The version that the address names, within the stream; the newest if it names none. */
export function chosenVersion(text: string | undefined, head: number): number {
  const version = Number(text)
  return text !== undefined && Number.isSafeInteger(version) ? Math.min(Math.max(version, 1), head) : head
}

/** The value of a field of local date and time, as ISO 8601 in UTC; undefined if it is invalid. */
export function timeOf(value: string): string | undefined {
  const time = new Date(value)
  return Number.isNaN(time.getTime()) ? undefined : time.toISOString()
}
