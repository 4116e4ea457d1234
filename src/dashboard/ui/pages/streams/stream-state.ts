import { useSignal } from '@preact/signals'
import { useEffect } from 'preact/hooks'
import type { StateAnswer } from '../../../contract/requests.ts'
import { apiPath, get } from '../../live/request.ts'
import { html } from '../../parts/html.ts'
import { ProblemText } from '../../parts/panels/problem.ts'
import { FaultText } from '../../parts/panels/trouble.ts'
import { Time } from '../../parts/times.ts'
import { DiffTable } from '../../parts/values/diff.ts'
import { PayloadText } from '../../parts/values/payload.ts'
import { visibleText } from '../../parts/values/visible-text.ts'
import { setQuery } from '../../shell/router.ts'
import type { Fold } from './scrub.ts'

type StateProps = {
  readonly streamId: string
  readonly fold: Fold
  readonly version: number
  /** The time that is asked for instead of a version. */
  readonly at: string | undefined
}

// A slider crosses many versions: only the one where it rests for so many milliseconds is asked for.
const REST = 120

/** The state before and after one event, and the difference. What was shown stays until the next answer. */
export function StreamState({ streamId, fold, version, at }: StateProps) {
  const answer = useSignal<StateAnswer | undefined>(undefined)
  const failure = useSignal<unknown>(undefined)
  const { kind, name } = fold
  useEffect(() => {
    const controller = new AbortController()
    const timer = setTimeout(async () => {
      try {
        const state = await stateOf({ streamId, fold, version, at }, controller.signal)
        answer.value = state
        failure.value = undefined
        // From the version on, the slider continues.
        if (at !== undefined && state.version > 0) setQuery({ version: String(state.version), at: undefined })
      } catch (error) {
        if (!controller.signal.aborted) failure.value = error
      }
    }, REST)
    return () => {
      clearTimeout(timer)
      controller.abort()
    }
  }, [streamId, kind, name, fold.version, version, at])
  return html`
    ${failure.value !== undefined && html`<${ProblemText} error=${failure.value} />`}
    <div aria-live="polite">${answer.value === undefined ? failure.value === undefined && html`<p>Loading …</p>` : html`<${State} answer=${answer.value} />`}</div>
  `
}

function stateOf(
  { streamId, fold: { kind, name }, version, at }: StateProps,
  signal: AbortSignal,
): Promise<StateAnswer> {
  const which = at === undefined ? { version: String(version) } : { at }
  const query = new URLSearchParams({ fold: name, kind, ...which })
  return get(`streams/${apiPath(streamId)}/state?${query}`, { signal })
}

function State({ answer: { version, head, event, before, after, diff, error } }: { readonly answer: StateAnswer }) {
  return html`<div class="stack">
    <p><strong>After version ${version} of ${head}</strong>${
      event !== null && html`: ${visibleText(event.type)}, recorded at <${Time} at=${event.recordedAt} />`
    }</p>
    ${
      error === null
        ? html`<${DiffTable} lines=${diff} label="What this event changed" none="This event changed nothing." />`
        : html`<div class="stack tight"><p>There is no state after this event, because folding fails:</p><${FaultText} fault=${error} /></div>`
    }
    <div class="columns">
      <section class="stack tight"><h3>Before</h3><${PayloadText} payload=${before} label="State before" none="There was no state." /></section>
      ${
        error === null &&
        html`<section class="stack tight"><h3>After</h3><${PayloadText} payload=${after} label="State after" none="There is no state." /></section>`
      }
    </div>
  </div>`
}
