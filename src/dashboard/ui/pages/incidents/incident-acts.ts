import { useSignal } from '@preact/signals'
import type { VNode } from 'preact'
import type { NoteRequest } from '../../../contract/requests.ts'
import type { IncidentRow } from '../../../contract/topics.ts'
import { apiPath, post } from '../../live/request.ts'
import { whyReadOnly } from '../../live/session.ts'
import { useAct } from '../../live/use-act.ts'
import { html } from '../../parts/html.ts'
import { ConfirmDialog } from '../../parts/panels/confirm.ts'

const ACKNOWLEDGE = {
  title: 'Acknowledge this incident?',
  verb: 'Acknowledge',
  consequences: [
    'Your name is shown as that of the person who works on it.',
    'Notices about it are not repeated any more.',
    'Its alerts stay as they are.',
  ],
  path: 'ack',
}

const RESOLVE = {
  title: 'Resolve this incident?',
  verb: 'Resolve',
  consequences: [
    'It moves to the resolved incidents, with your name.',
    'Alerts of it that still fire are not resolved by this, and do not open it again.',
    'An alert that fires anew opens a new incident.',
  ],
  path: 'resolve',
}

/** What can be done about an incident; for those who may not, why. */
export function IncidentActs({
  incident,
  done,
}: {
  readonly incident: IncidentRow
  readonly done: () => void
}): VNode | null {
  const asked = useSignal<typeof ACKNOWLEDGE | null>(null)
  if (whyReadOnly.value !== null) return html`<p class="muted">${whyReadOnly.value}</p>`
  const dialog = asked.value
  return html`<div class="stack tight">
    ${
      incident.state !== 'resolved' &&
      html`<div class="row">
        ${
          incident.state === 'open' &&
          html`<button type="button" class="primary" onClick=${() => {
            asked.value = ACKNOWLEDGE
          }}>Acknowledge …</button>`
        }
        <button type="button" onClick=${() => {
          asked.value = RESOLVE
        }}>Resolve …</button>
      </div>`
    }
    <${NoteForm} id=${incident.id} done=${done} />
    ${
      dialog !== null &&
      html`<${ConfirmDialog} title=${dialog.title} consequences=${dialog.consequences} verb=${dialog.verb}
        act=${async () => {
          await post(apiPath('incidents', incident.id, dialog.path))
          done()
        }}
        onClose=${() => {
          asked.value = null
        }} />`
    }
  </div>`
}

function NoteForm({ id, done }: { readonly id: string; readonly done: () => void }): VNode {
  const note = useSignal('')
  const { busy, failure, act } = useAct()
  const submit = (event: Event) => {
    event.preventDefault()
    const body: NoteRequest = { note: note.value.trim() }
    act(async () => {
      await post(apiPath('incidents', id, 'note'), body)
      note.value = ''
      done()
    })
  }
  return html`<form class="note" onSubmit=${submit}>
    <label>Note<textarea rows="2" maxlength="2000" required value=${note} aria-describedby="note-failure" onInput=${(
      event: InputEvent,
    ) => {
      note.value = (event.currentTarget as HTMLTextAreaElement).value
    }}></textarea></label>
    <p id="note-failure" class="failure" role="alert">${failure}</p>
    <button disabled=${busy || note.value.trim() === ''}>Add the note</button>
  </form>`
}
