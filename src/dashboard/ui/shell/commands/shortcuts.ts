import type { VNode } from 'preact'
import { useEffect, useRef } from 'preact/hooks'
import { html } from '../../parts/html.ts'
import { usedPages } from '../used-pages.ts'
import { openDialog } from './keyboard.ts'

/** The list of all shortcuts. */
export function Shortcuts(): VNode {
  const dialog = useRef<HTMLDialogElement>(null)
  useEffect(() => dialog.current?.showModal(), [])
  const close = () => {
    openDialog.value = null
  }
  return html`<dialog class="shortcuts" ref=${dialog} aria-labelledby="shortcuts-title" onClose=${close}>
    <div class="dialog-body">
      <h2 id="shortcuts-title">Keyboard</h2>
      <dl>
        ${usedPages().map(({ letter, title }) => html`<${Shortcut} key=${letter} keys=${['g', letter]} text=${title} />`)}
        <${Shortcut} keys=${['/']} text="Search streams, projections and pages" />
        <${Shortcut} keys=${['↑', '↓']} text="Go from row to row, where rows are links" />
        <${Shortcut} keys=${['Esc']} text="Close a dialog" />
        <${Shortcut} keys=${['?']} text="Show this list" />
      </dl>
      <div class="dialog-actions"><button type="button" onClick=${() => dialog.current?.close()}>Close</button></div>
    </div>
  </dialog>`
}

function Shortcut({ keys, text }: { readonly keys: readonly string[]; readonly text: string }): VNode {
  return html`<dt>${keys.map((key, i) => html`${i > 0 && ' '}<kbd key=${key}>${key}</kbd>`)}</dt><dd>${text}</dd>`
}
