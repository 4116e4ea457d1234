/**
 * Milliseconds of processor time that work on each of many items takes, with the garbage that it leaves. The result of
 * each is added up, so that the compiler cannot leave the work out.
 */
export function processorTime<T>(items: readonly T[], work: (item: T) => number): number {
  const before = process.cpuUsage()
  let sum = 0
  for (const item of items) sum += work(item)
  const { user, system } = process.cpuUsage(before)
  if (Number.isNaN(sum)) throw new Error('The work returned no number')
  return (user + system) / 1000
}
