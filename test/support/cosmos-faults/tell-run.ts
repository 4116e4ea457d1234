import type { Trail } from './trail.ts'

type Run = {
  readonly seed: number
  readonly append: string
  readonly partitions: number
  readonly everything?: boolean
}

/** A run that failed, for whoever must find out why without having it again: chance may not meet so twice. */
export function tellRun(
  { seed, append, partitions, everything = false }: Run,
  faults: Readonly<Partial<Record<string, number>>>,
  failures: readonly string[],
  trail: Trail,
): string {
  const counts = Object.entries(faults).map(([kind, count]) => `${kind} ${count}`)
  const heading = [
    `seed ${seed}, append: ${append}, physical partitions: ${partitions}, everything: ${everything ? 'yes' : 'no'}`,
    `faults: ${counts.join(', ') || 'none'}`,
  ]
  const each = failures.flatMap((failure, i) => [
    '',
    `failure ${i + 1} of ${failures.length}: ${failure}`,
    ...trail.of(failure).map((line) => `  ${line}`),
  ])
  return [...heading, ...each].join('\n')
}
