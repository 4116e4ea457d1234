import { useSignal } from '@preact/signals'
import type { VNode } from 'preact'
import { useEffect, useRef } from 'preact/hooks'
import type { Session, SessionRequest } from '../../contract/session.ts'
import { post } from '../live/request.ts'
import { beginSession, session, signedIn } from '../live/session.ts'
import { failureOf } from '../live/use-request.ts'
import { html } from '../parts/html.ts'

/** Asks for the token. When a session has ended, it stands before the page, which stays as it is. */
export function SignIn(): VNode {
  const dialog = useRef<HTMLDialogElement>(null)
  const failure = useSignal<string | null>(null)
  const busy = useSignal(false)
  useEffect(() => dialog.current?.showModal(), [])
  const submit = (event: SubmitEvent) => {
    event.preventDefault()
    const fields = new FormData(event.currentTarget as HTMLFormElement)
    const name = String(fields.get('name') ?? '').trim()
    const body: SessionRequest = { token: String(fields.get('token') ?? '').trim(), ...(name !== '' && { name }) }
    busy.value = true
    post<Session>('session', body).then(beginSession, (error: unknown) => {
      busy.value = false
      const { code, message } = failureOf(error)
      failure.value = `${message} (${code})`
    })
  }
  return html`<dialog class="sign-in" ref=${dialog} aria-labelledby="sign-in-title" onCancel=${(event: Event) => event.preventDefault()}>
    <form onSubmit=${submit}>
      <h1 id="sign-in-title">${signedIn.value === 'ended' ? 'Your session has ended' : 'Tidemark'}</h1>
      <p>${
        signedIn.value === 'ended'
          ? 'Sign in again: the page stays where it is.'
          : 'Open the link that the dashboard printed when it started, or enter the token from it.'
      }</p>
      <label>Token<input name="token" type="password" required autocomplete="current-password" spellcheck=${false} aria-describedby="sign-in-failure" /></label>
      <label>Your name<input name="name" maxlength="100" autocomplete="username" defaultValue=${session.value?.name ?? ''} /><small>It is recorded with what you do here.</small></label>
      <p id="sign-in-failure" class="failure" role="alert">${failure.value}</p>
      <button class="primary" disabled=${busy.value}>Sign in</button>
    </form>
  </dialog>`
}
