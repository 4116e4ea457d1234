import { type ReadonlySignal, useSignal } from '@preact/signals'
import { useCallback, useEffect } from 'preact/hooks'
import { RequestFailed } from './problem.ts'
import { get } from './request.ts'
import { signedIn } from './session.ts'

/** A question to the server, and how far its answer is. What was there before stays while it is asked again. */
export type Requested<Answer> = {
  readonly answer: Answer | null
  readonly failure: RequestFailed | null
  readonly loading: boolean
}

/** Asks for `/api/<path>` when the component is shown, whenever the path changes, after signing in again, and by `again()`; null asks nothing. */
export function useRequest<Answer>(path: string | null): {
  readonly state: ReadonlySignal<Requested<Answer>>
  readonly again: () => void
} {
  const state = useSignal<Requested<Answer>>({ answer: null, failure: null, loading: path !== null })
  const round = useSignal(0)
  const again = useCallback(() => {
    round.value += 1
  }, [round])
  const asked = round.value
  const mayAsk = signedIn.value === 'yes'
  useEffect(() => {
    if (path === null || !mayAsk) return
    const controller = new AbortController()
    state.value = { ...state.peek(), loading: true }
    get<Answer>(path, { signal: controller.signal }).then(
      (answer) => {
        state.value = { answer, failure: null, loading: false }
      },
      (error: unknown) => {
        if (controller.signal.aborted) return
        state.value = { ...state.peek(), failure: failureOf(error), loading: false }
      },
    )
    return () => controller.abort()
  }, [path, asked, mayAsk])
  return { state, again }
}

/** What went wrong, whatever was thrown. */
export function failureOf(error: unknown): RequestFailed {
  if (error instanceof RequestFailed) return error
  const detail = error instanceof Error ? error.message : String(error)
  return new RequestFailed({ status: 0, code: 'PageFailed', title: 'The page failed.', detail })
}
