import { signal } from '@preact/signals'
import { session } from '../../live/session.ts'
import { PAGES } from '../../pages/index.ts'
import { hrefOf } from '../route.ts'
import { goTo } from '../router.ts'

/** The dialogs of the frame: `search` is opened by `/`, `shortcuts` by `?`. */
export const openDialog = signal<'search' | 'shortcuts' | null>(null)

/** How long `g` waits for its letter. */
const LETTER_WITHIN = 1500

/** The shortcuts of the whole dashboard. They stand back where text is typed, and behind dialogs. */
export function startKeyboard(): void {
  let goUntil = 0
  addEventListener('keydown', (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.defaultPrevented) return
    if (session.value === null || isTyping(event.target) || document.querySelector('dialog[open]') !== null) return
    const going = event.timeStamp < goUntil
    goUntil = 0
    if (event.key === '/') openDialog.value = 'search'
    else if (event.key === '?') openDialog.value = 'shortcuts'
    else if (going && pageOf(event.key) !== undefined) goTo(hrefOf(pageOf(event.key)?.name ?? ''))
    else if (event.key === 'g') goUntil = event.timeStamp + LETTER_WITHIN
    else return
    event.preventDefault()
  })
}

const pageOf = (letter: string) => PAGES.find((page) => page.letter === letter)

function isTyping(target: EventTarget | null): boolean {
  return target instanceof HTMLElement && (target.isContentEditable || /^(INPUT|TEXTAREA|SELECT)$/.test(target.tagName))
}
