import { useSignal } from '@preact/signals'
import type { VNode } from 'preact'
import { useEffect, useRef } from 'preact/hooks'
import type { StreamsAnswer } from '../../../contract/requests.ts'
import { get } from '../../live/request.ts'
import { topic } from '../../live/topics.ts'
import { html } from '../../parts/html.ts'
import { hrefOf } from '../route.ts'
import { goTo } from '../router.ts'
import { usedPages } from '../used-pages.ts'
import { type Find, findsFor } from './finds.ts'
import { openDialog } from './keyboard.ts'

const SETTLED_AFTER = 200

/** Finds pages, projections and streams by what is typed. */
export function Palette(): VNode {
  const dialog = useRef<HTMLDialogElement>(null)
  const text = useSignal('')
  const chosen = useSignal(0)
  const streams = useStreams(text.value)
  const finds = findsFor(text.value, [...pages(), ...projections(), ...streams])
  const at = Math.min(chosen.value, finds.length - 1)
  useEffect(() => dialog.current?.showModal(), [])
  useEffect(() => document.getElementById(`find-${at}`)?.scrollIntoView({ block: 'nearest' }), [at])

  const open = (find: Find | undefined) => {
    dialog.current?.close()
    if (find !== undefined) goTo(find.href)
  }
  const onKeyDown = (event: KeyboardEvent) => {
    const by = { ArrowDown: 1, ArrowUp: -1 }[event.key]
    if (by === undefined) return
    event.preventDefault()
    chosen.value = (at + by + finds.length) % finds.length
  }
  return html`<dialog class="palette" ref=${dialog} aria-label="Search" onClose=${() => {
    openDialog.value = null
  }}>
    <form onSubmit=${(event: Event) => {
      event.preventDefault()
      open(finds[at])
    }}>
      <input type="text" role="combobox" aria-label="Search streams, projections and pages" aria-expanded="true" aria-controls="finds"
        aria-activedescendant=${`find-${at}`} autocomplete="off" spellcheck=${false} placeholder="Stream, projection or page"
        value=${text} onKeyDown=${onKeyDown} onInput=${(event: InputEvent) => {
          text.value = (event.currentTarget as HTMLInputElement).value
          chosen.value = 0
        }} />
      <ul id="finds" role="listbox" aria-label="Found">${finds.map(
        (
          find,
          i,
        ) => html`<li key=${find.href} id=${`find-${i}`} role="option" aria-selected=${i === at} onClick=${() => open(find)}>
          <span>${find.text}</span><span class="muted">${find.kind}</span>
        </li>`,
      )}</ul>
    </form>
  </dialog>`
}

const pages = () => usedPages().map(({ name, title }) => ({ text: title, kind: 'Page', href: hrefOf(name) }))

const projections = () =>
  topic('projections').all.value.map(({ projection, version }) => ({
    text: `${projection} v${version}`,
    kind: 'Projection',
    href: hrefOf('projections', [projection, version]),
  }))

/** The first streams whose ids begin with a text, asked for when no more is typed. */
function useStreams(text: string): readonly Find[] {
  const found = useSignal<readonly Find[]>([])
  const prefix = text.trim()
  useEffect(() => {
    if (prefix.length < 2) {
      found.value = []
      return
    }
    const controller = new AbortController()
    const timer = setTimeout(() => {
      get<StreamsAnswer>(`streams?${new URLSearchParams({ prefix, limit: '5' })}`, { signal: controller.signal }).then(
        ({ streams }) => {
          found.value = streams
            .filter(({ streamId }) => streamId !== prefix)
            .map(({ streamId }) => ({ text: streamId, kind: 'Stream', href: hrefOf('streams', [streamId]) }))
        },
        () => {},
      )
    }, SETTLED_AFTER)
    return () => {
      clearTimeout(timer)
      controller.abort()
    }
  }, [prefix, found])
  return found.value
}
