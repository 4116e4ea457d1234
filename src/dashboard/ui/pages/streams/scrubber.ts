import type { StreamAnswer } from '../../../contract/requests.ts'
import { html } from '../../parts/html.ts'
import { Panel } from '../../parts/panels/panel.ts'
import { visibleText } from '../../parts/values/visible-text.ts'
import type { Route } from '../../shell/route.ts'
import { setQuery } from '../../shell/router.ts'
import { chosenFold, chosenVersion, foldName, timeOf } from './scrub.ts'
import { StreamState } from './stream-state.ts'

type ScrubberProps = { readonly stream: StreamAnswer; readonly query: Route['query'] }

/** The state of a stream after each of its events, by version or time. The address names what is shown. */
export function Scrubber({ stream, query }: ScrubberProps) {
  const { folds, version: head, streamId } = stream
  const fold = chosenFold(folds, query.fold)
  if (fold === undefined) {
    return html`<${Panel} title="State"><p class="muted">This dashboard loaded no aggregate and no projection that folds
      this stream. Start it with --aggregates or --projections to see its states.</p><//>`
  }
  const at = query.version === undefined ? query.at : undefined
  const version = chosenVersion(query.version ?? query.event, head)
  const show = (next: number) => setQuery({ version: String(Math.min(Math.max(next, 1), head)), at: undefined })
  const step = (next: number, text: string) =>
    html`<button type="button" disabled=${next < 1 || next > head || next === version} onClick=${() => show(next)}>${text}</button>`
  const onNumber = ({ currentTarget }: Event) => {
    const { valueAsNumber } = currentTarget as HTMLInputElement
    if (!Number.isNaN(valueAsNumber)) show(Math.round(valueAsNumber))
  }
  function onTime(event: SubmitEvent) {
    event.preventDefault()
    const time = timeOf(String(new FormData(event.currentTarget as HTMLFormElement).get('at') ?? ''))
    if (time !== undefined) setQuery({ at: time, version: undefined })
  }
  const folder = html`<label class="row inline">of<select value=${foldName(fold)} onChange=${({
    currentTarget,
  }: Event) => setQuery({ fold: (currentTarget as HTMLSelectElement).value })}>${folds.map(
    (one) =>
      html`<option key=${foldName(one)} value=${foldName(one)}>${visibleText(
        `${one.kind} ${one.name}${one.version === null ? '' : ` v${one.version}`}`,
      )}</option>`,
  )}</select></label>`
  return html`<${Panel} title="State" aside=${folder}>
    <div class="scrubber">
      <label>After version<input type="range" min="1" max=${head} value=${version} onInput=${onNumber} /></label>
      <div class="toolbar">
        <label>Version<input type="number" min="1" max=${head} value=${version} onChange=${onNumber} /></label>
        <div class="segments" role="group" aria-label="Step">
          ${step(1, 'First')}${step(version - 1, 'Previous')}${step(version + 1, 'Next')}${step(head, 'Last')}
        </div>
        <form class="toolbar" onSubmit=${onTime}>
          <label>At a time<input type="datetime-local" step="1" name="at" required /></label>
          <button type="submit">Show</button>
        </form>
      </div>
    </div>
    <${StreamState} streamId=${streamId} fold=${fold} version=${version} at=${at} />
  <//>`
}
