import { useSignal } from '@preact/signals'
import { useEffect } from 'preact/hooks'
import type { RequestFailed } from './problem.ts'
import { get } from './request.ts'
import { signedIn } from './session.ts'
import { failureOf } from './use-request.ts'

/** Rows that come page by page, with what gets the next one; null when there is none. */
export type Pages<Row> = {
  readonly rows: readonly Row[]
  readonly failure: RequestFailed | null
  readonly loading: boolean
  readonly more: (() => void) | null
  readonly again: () => void
}

type State<Row> = Pick<Pages<Row>, 'rows' | 'failure' | 'loading'> & { readonly next: string | null }

/**
 * Asks for the first page when the component is shown and whenever `about` changes, and for further ones by `more()`.
 *
 * @param path the path of a page; `before` is null for the first one
 */
export function usePages<Answer, Row>(
  path: (before: string | null) => string,
  read: (answer: Answer) => { readonly rows: readonly Row[]; readonly next: string | null },
  about: string,
): Pages<Row> {
  const state = useSignal<State<Row>>({ rows: [], failure: null, loading: true, next: null })
  const load = (before: string | null) => {
    state.value = { ...state.peek(), loading: true }
    get<Answer>(path(before)).then(
      (answer) => {
        const { rows, next } = read(answer)
        state.value = {
          rows: before === null ? rows : [...state.peek().rows, ...rows],
          next,
          failure: null,
          loading: false,
        }
      },
      (error: unknown) => {
        state.value = { ...state.peek(), failure: failureOf(error), loading: false }
      },
    )
  }
  const mayAsk = signedIn.value === 'yes'
  useEffect(() => {
    if (mayAsk) load(null)
  }, [about, mayAsk])
  const { rows, failure, loading, next } = state.value
  return { rows, failure, loading, more: next === null || loading ? null : () => load(next), again: () => load(null) }
}
