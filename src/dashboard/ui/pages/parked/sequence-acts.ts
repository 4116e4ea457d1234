import { type Signal, useSignal } from '@preact/signals'
import type { ParkedAnswer, ReplayAnswer, ReplayRequest } from '../../../contract/requests.ts'
import { apiPath, post } from '../../live/request.ts'
import { whyReadOnly } from '../../live/session.ts'
import { topic } from '../../live/topics.ts'
import { html } from '../../parts/html.ts'
import { Panel } from '../../parts/panels/panel.ts'
import { ProblemText } from '../../parts/panels/problem.ts'
import { DropSequence } from './drop-sequence.ts'
import { ReplayResult } from './replay-result.ts'
import { ReplaySequence } from './replay-sequence.ts'

type ActsProps = {
  readonly answer: ParkedAnswer
  /** What was done; it stays on the page when the sequence is no longer parked. */
  readonly result: Signal<ReplayAnswer | undefined>
  /** Reads the sequence again. */
  readonly again: () => void
}

/** A dry run first; only what it shows can be replayed. */
export function SequenceActs({ answer, result, again }: ActsProps) {
  const dryRun = useSignal<ReplayAnswer | undefined>(undefined)
  const isBusy = useSignal(false)
  const failure = useSignal<unknown>(undefined)
  const { projection, version, key } = answer
  const path = `parked/${apiPath(projection, version, key)}`
  const isLoaded = topic('projections').row(`${projection}:${version}`).value?.loaded !== false

  async function look() {
    isBusy.value = true
    failure.value = undefined
    try {
      dryRun.value = await post<ReplayAnswer>(`${path}/replay`, { dryRun: true } satisfies ReplayRequest)
    } catch (error) {
      failure.value = error
    } finally {
      isBusy.value = false
    }
  }
  function done(what: ReplayAnswer) {
    result.value = what
    dryRun.value = undefined
    again()
  }

  const mayAct = whyReadOnly.value === null && result.value?.left !== 0
  return html`<${Panel} title="Replay or drop">
    ${whyReadOnly.value !== null && html`<p class="muted">${whyReadOnly.value}</p>`}
    ${mayAct && !isLoaded && html`<p class="muted">${NOT_LOADED}</p>`}
    ${
      mayAct &&
      html`
        <div class="row">
          ${
            isLoaded &&
            html`<button type="button" class=${dryRun.value === undefined ? 'primary' : ''} disabled=${isBusy.value} onClick=${look}>
            ${isBusy.value ? 'Trying …' : 'Show what a replay would change'}</button>`
          }
          ${dryRun.value !== undefined && html`<${ReplaySequence} path=${path} name=${key} dryRun=${dryRun.value} done=${done} />`}
          <${DropSequence} path=${path} answer=${answer} isLoaded=${isLoaded} done=${done} />
        </div>
        ${failure.value !== undefined && html`<${ProblemText} error=${failure.value} />`}
      `
    }
    <div class="stack" aria-live="polite">
      ${result.value !== undefined && html`<${ReplayResult} answer=${result.value} title="What was done" />`}
      ${dryRun.value !== undefined && html`<${ReplayResult} answer=${dryRun.value} title="What a replay would change" />`}
    </div>
  <//>`
}

const NOT_LOADED =
  'This dashboard was started without the code of the projection, so it can only drop the whole sequence. To replay it, start the dashboard with --projections, or use tidemark parked replay.'
