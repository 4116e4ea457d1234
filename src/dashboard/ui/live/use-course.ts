import { type ReadonlySignal, useSignal } from '@preact/signals'
import { useEffect } from 'preact/hooks'
import { type Course, fetchCourse, joinCourses } from './history.ts'
import type { RequestFailed } from './problem.ts'
import { failureOf } from './use-request.ts'

/** What is drawn: `until` is null while it goes up to now, and then it is fetched on. */
export type Span = { readonly from: number; readonly until: number | null; readonly step: number }

const AGAIN_AT_LEAST = 10

/** The course of series in a span of time, which grows by what is new. */
export function useCourse(
  names: readonly string[],
  { from, until, step }: Span,
): ReadonlySignal<{ readonly course: Course | null; readonly failure: RequestFailed | null }> {
  const state = useSignal<{ course: Course | null; failure: RequestFailed | null }>({ course: null, failure: null })
  const which = names.join()
  useEffect(() => {
    let shown = true
    const series = which.split(',')
    const length = Math.ceil(((until ?? Date.now()) - from) / (step * 1000))
    const fetchMore = async () => {
      const before = state.peek().course
      const last = before?.times.at(-1)
      const fetched = await fetchCourse(series, last === undefined ? from : last + step * 1000, step)
      const course = before === null ? fetched : joinCourses(before, fetched, length)
      if (shown) state.value = { course: until === null ? course : upTo(course, until), failure: null }
    }
    const attempt = () => {
      fetchMore().catch((error: unknown) => {
        if (shown) state.value = { ...state.peek(), failure: failureOf(error) }
      })
    }
    state.value = { course: null, failure: null }
    attempt()
    const timer = until === null ? setInterval(attempt, Math.max(AGAIN_AT_LEAST, step) * 1000) : undefined
    return () => {
      shown = false
      clearInterval(timer)
    }
  }, [which, from, until, step, state])
  return state
}

function upTo({ names, times, values }: Course, until: number): Course {
  const length = times.filter((time) => time <= until).length
  return { names, times: times.slice(0, length), values: values.map((series) => series.slice(0, length)) }
}
