import type { MetricsAnswer } from '../../contract/requests.ts'
import { get } from './request.ts'
import { LENGTH, type Samples, samples } from './samples.ts'

/** The server takes no more in one question. */
const SERIES_AT_ONCE = 20

/** The course of some series: `values` has one list for each name, as long as `times`. */
export type Course = Samples

/** @param from milliseconds since 1970 @param step seconds @throws RequestFailed */
export async function fetchCourse(names: readonly string[], from: number, step: number): Promise<Course> {
  const parts: MetricsAnswer[] = []
  for (let i = 0; i < names.length; i += SERIES_AT_ONCE) {
    const series = names.slice(i, i + SERIES_AT_ONCE).join()
    parts.push(
      await get<MetricsAnswer>(`metrics?${new URLSearchParams({ series, from: String(from), step: String(step) })}`),
    )
  }
  return courseOf(names, parts)
}

/** Answers to questions for the same time, side by side: series of which nothing is known have unknown values. */
export function courseOf(names: readonly string[], parts: readonly MetricsAnswer[]): Course {
  const [first] = parts
  if (first === undefined) return { names, times: [], values: [] }
  const series = Object.assign({}, ...parts.map((part) => part.series)) as MetricsAnswer['series']
  const length = Math.max(0, ...Object.values(series).map(({ average }) => average.length))
  const times = Array.from({ length }, (_, i) => first.from + i * first.step * 1000)
  return { names, times, values: names.map((name) => times.map((_, i) => series[name]?.average[i] ?? null)) }
}

/** What was known, and after it what is newer; no longer than `length`. */
export function joinCourses(before: Course, after: Course, length: number): Course {
  const last = before.times.at(-1) ?? Number.NEGATIVE_INFINITY
  const at = after.times.findIndex((time) => time > last)
  if (at < 0) return before
  return {
    names: before.names,
    times: [...before.times, ...after.times.slice(at)].slice(-length),
    values: before.names.map((name, i) => {
      const values = after.values[after.names.indexOf(name)] ?? after.times.map(() => null)
      return [...(before.values[i] ?? []), ...values.slice(at)].slice(-length)
    }),
  }
}

/** Fetches the minutes before the page was opened, or lost its stream. */
export async function fillSamples(): Promise<void> {
  const { names } = samples.peek()
  const fetched = await fetchCourse(names, Date.now() - LENGTH * 1000, 1)
  if (names === samples.peek().names) samples.value = joinCourses(fetched, samples.peek(), LENGTH)
}
