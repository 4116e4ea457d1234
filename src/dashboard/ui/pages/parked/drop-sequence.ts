import { useSignal } from '@preact/signals'
import type { DropRequest, ParkedAnswer, ReplayAnswer } from '../../../contract/requests.ts'
import { post } from '../../live/request.ts'
import { html } from '../../parts/html.ts'
import { ConfirmDialog } from '../../parts/panels/confirm.ts'
import { visibleText } from '../../parts/values/visible-text.ts'

type DropProps = {
  readonly path: string
  readonly answer: ParkedAnswer
  /** Whether the code is there that processes the events behind the first one. */
  readonly isLoaded: boolean
  readonly done: (answer: ReplayAnswer) => void
}
type Extent = 'first' | 'all'

/** The buttons that drop the first waiting event, or all of them, after the key was typed. */
export function DropSequence({ path, answer, isLoaded, done }: DropProps) {
  const asked = useSignal<Extent | undefined>(undefined)
  const { key, waiting } = answer
  const ask = (extent: Extent) => () => {
    asked.value = extent
  }
  const extent = asked.value
  return html`
    ${isLoaded && html`<button type="button" class="danger" onClick=${ask('first')}>Drop the first event …</button>`}
    ${(waiting.length > 1 || !isLoaded) && html`<button type="button" class="danger" onClick=${ask('all')}>Drop all events …</button>`}
    ${
      extent !== undefined &&
      html`<${ConfirmDialog} isDestructive typed=${key} consequences=${consequencesOf(extent, answer)}
        title=${extent === 'all' ? `Drop all waiting events of ${visibleText(key)}?` : `Drop the first event of ${visibleText(key)}?`}
        verb=${extent === 'all' ? 'Drop all' : 'Drop'}
        act=${async () => done(await post<ReplayAnswer>(`${path}/drop`, requestOf(extent, answer)))}
        onClose=${ask(undefined as never)} />`
    }
  `
}

/** It names the event that is shown, so that no other one is dropped in its place. */
const requestOf = (extent: Extent, { key, event: { streamId, version } }: ParkedAnswer): DropRequest =>
  extent === 'all' ? { all: true, confirm: key } : { all: false, confirm: key, event: { streamId, version } }

function consequencesOf(extent: Extent, { projection, event, waiting, moreWaiting }: ParkedAnswer): readonly string[] {
  const first = visibleText(`${event.streamId}@${event.version}`)
  const count = `${waiting.length}${moreWaiting ? ' or more' : ''}`
  return extent === 'first'
    ? [
        `${visibleText(projection)} skips the event ${first}: its view never contains what the event says.`,
        'The events that wait behind it are processed in order, until one fails.',
        'The event stays in the log. A rebuild of the projection will process it again.',
      ]
    : [
        `${visibleText(projection)} skips ${count} events of this sequence: its view never contains what they say.`,
        'Later events of the view are processed again.',
        'The events stay in the log. A rebuild of the projection will process them again.',
      ]
}
