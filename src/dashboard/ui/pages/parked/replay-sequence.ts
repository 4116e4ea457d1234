import { useSignal } from '@preact/signals'
import type { ReplayAnswer, ReplayRequest } from '../../../contract/requests.ts'
import { post } from '../../live/request.ts'
import { html } from '../../parts/html.ts'
import { ConfirmDialog } from '../../parts/panels/confirm.ts'
import { visibleText } from '../../parts/values/visible-text.ts'
import { outcomeOf } from './outcome.ts'

type ReplayProps = {
  readonly path: string
  readonly name: string
  readonly dryRun: ReplayAnswer
  readonly done: (answer: ReplayAnswer) => void
}

/** The button that replays a sequence after its dry run. */
export function ReplaySequence({ path, name, dryRun, done }: ReplayProps) {
  const isAsked = useSignal(false)
  const consequences = [
    `The dry run says: ${outcomeOf(dryRun)}`,
    'The events are read again and processed in order, by the code that this dashboard loaded.',
    'It stops at the first event that fails. Events before it stay processed.',
  ]
  return html`
    <button type="button" class="primary" onClick=${() => {
      isAsked.value = true
    }}>Replay …</button>
    ${
      isAsked.value &&
      html`<${ConfirmDialog} title=${`Replay ${visibleText(name)}?`} verb="Replay" consequences=${consequences}
        act=${async () => done(await post<ReplayAnswer>(`${path}/replay`, { dryRun: false } satisfies ReplayRequest))}
        onClose=${() => {
          isAsked.value = false
        }} />`
    }
  `
}
