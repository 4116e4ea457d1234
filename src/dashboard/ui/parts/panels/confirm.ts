import { useSignal } from '@preact/signals'
import { useEffect, useId, useRef } from 'preact/hooks'
import { html } from '../html.ts'
import { visibleText } from '../values/visible-text.ts'
import { ProblemText } from './problem.ts'

type ConfirmProps = {
  /** What is asked: `Drop meters v2?` */
  readonly title: string
  /** What will happen, one sentence for each consequence. */
  readonly consequences: readonly string[]
  /** The verb on the button. */
  readonly verb: string
  /** Whether it destroys something. */
  readonly isDestructive?: boolean
  /** What must be typed first. */
  readonly typed?: string
  /** Does it. The dialog stays open and shows the failure if it rejects. */
  readonly act: () => Promise<void>
  readonly onClose: () => void
}

/** Asks before something is done, in words. The browser keeps the focus inside, and gives it back. */
export function ConfirmDialog({ title, consequences, verb, isDestructive, typed, act, onClose }: ConfirmProps) {
  const id = useId()
  const dialog = useRef<HTMLDialogElement>(null)
  const text = useSignal('')
  const isBusy = useSignal(false)
  const failure = useSignal<unknown>(undefined)
  useEffect(() => dialog.current?.showModal(), [])

  // What cannot be typed is typed as it is shown.
  const isTyped = typed === undefined || text.value === typed || text.value === visibleText(typed)

  async function submit(event: Event) {
    event.preventDefault()
    if (isBusy.value || !isTyped) return
    isBusy.value = true
    failure.value = undefined
    try {
      await act()
      dialog.current?.close()
    } catch (error) {
      failure.value = error
    } finally {
      isBusy.value = false
    }
  }

  return html`
    <dialog ref=${dialog} aria-labelledby=${`${id}-title`} aria-describedby=${`${id}-text`} onClose=${onClose}>
      <form onSubmit=${submit}>
        <h2 id=${`${id}-title`}>${title}</h2>
        <ul class="consequences" id=${`${id}-text`}>${consequences.map((one) => html`<li key=${one}>${one}</li>`)}</ul>
        ${
          typed !== undefined &&
          html`
            <label for=${`${id}-typed`}><span>Type <code>${visibleText(typed)}</code> to confirm</span></label>
            <input id=${`${id}-typed`} value=${text} autocomplete="off" spellcheck=${false}
              onInput=${(event: InputEvent) => {
                text.value = (event.currentTarget as HTMLInputElement).value
              }} />
          `
        }
        <div role="alert">${failure.value !== undefined && html`<${ProblemText} error=${failure.value} />`}</div>
        <div class="dialog-actions">
          <button type="button" onClick=${() => dialog.current?.close()}>Cancel</button>
          <button type="submit" class=${isDestructive ? 'danger' : 'primary'}
            disabled=${isBusy.value || !isTyped}>
            ${isBusy.value ? 'Working …' : verb}
          </button>
        </div>
      </form>
    </dialog>
  `
}
