import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'

setFlagsFromString('--expose-gc')
const gc = runInNewContext('gc') as () => void

/** Collects garbage now, so that one side does not pay for what the other one left behind. */
export const collectGarbage = (): void => gc()

/**
 * Measures several sides in turns, A B A B …, so that what else the machine does meets all of them alike. One round
 * before the first is thrown away: it warms up files, caches and the compiler.
 *
 * @param repetitions how many rounds count
 * @param sides each is called with the number of its round, 0 for the one that is thrown away
 * @param until when no further round is begun, by `performance.now()`; there is always one that counts
 * @returns what each side answered, in the order of the rounds
 */
export async function interleave<Sides extends Record<string, (round: number) => Promise<unknown>>>(
  repetitions: number,
  sides: Sides,
  until = Number.POSITIVE_INFINITY,
): Promise<{ readonly [S in keyof Sides]: Awaited<ReturnType<Sides[S]>>[] }> {
  const answers = Object.fromEntries(Object.keys(sides).map((side): [string, unknown[]] => [side, []]))
  for (let round = 0; round <= 1 || (round <= repetitions && performance.now() < until); round++) {
    for (const [side, measure] of Object.entries(sides)) {
      collectGarbage()
      const answer = await measure(round)
      if (round > 0) answers[side]?.push(answer)
    }
  }
  return answers as { [S in keyof Sides]: Awaited<ReturnType<Sides[S]>>[] }
}

/** Seconds that `work` takes. */
export async function seconds(work: () => unknown): Promise<number> {
  const start = performance.now()
  await work()
  return (performance.now() - start) / 1000
}
