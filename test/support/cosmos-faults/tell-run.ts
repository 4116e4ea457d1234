import type { Trail } from './trail.ts'

/** How often each kind struck. */
type Counts = Readonly<Partial<Record<string, number>>>

type Run = {
  readonly seed: number
  readonly append: string
  readonly partitions: number
  readonly strict?: boolean
  readonly everything?: boolean
}

/** A run that failed, for whoever must find out why without having it again: chance may not meet so twice. */
export function tellRun(
  { seed, append, partitions, strict = false, everything = false }: Run,
  faults: { readonly all: Counts; readonly emulator: Counts },
  failures: readonly string[],
  trail: Trail,
): string {
  const heading = [
    `seed ${seed}, append: ${append}, physical partitions: ${partitions}, strict: ${strict ? 'yes' : 'no'}, everything: ${everything ? 'yes' : 'no'}`,
    `faults: ${toldCounts(faults.all)}`,
    `by the emulator: ${toldCounts(faults.emulator)}`,
  ]
  const each = failures.flatMap((failure, i) => [
    '',
    `failure ${i + 1} of ${failures.length}: ${failure}`,
    ...trail.of(failure).map((line) => `  ${line}`),
  ])
  return [...heading, ...each].join('\n')
}

const toldCounts = (counts: Counts): string =>
  Object.entries(counts)
    .flatMap(([kind, count]) => (count ? [`${kind} ${count}`] : []))
    .join(', ') || 'none'
