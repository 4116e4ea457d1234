import type { Span } from '../../live/use-course.ts'

const AROUND = 10 * 60_000
const DAYS = 48 * 3_600_000

/** The time of an incident with ten minutes before and after it, in the finest steps that the history has of it. */
export function spanOf(openedAt: string, resolvedAt: string | null, now: number): Span {
  const from = Math.max(Date.parse(openedAt) - AROUND, now - DAYS)
  const end = resolvedAt === null ? null : Date.parse(resolvedAt) + AROUND
  const ago = now - from
  return {
    from,
    until: end === null || end > now ? null : end,
    step: ago <= 600_000 ? 1 : ago <= 6 * 3_600_000 ? 10 : 60,
  }
}
