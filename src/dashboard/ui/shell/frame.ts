import { useSignal, useSignalEffect } from '@preact/signals'
import type { ComponentChildren, VNode } from 'preact'
import { topic } from '../live/topics.ts'
import type { PageEntry } from '../pages/page.ts'
import { html } from '../parts/html.ts'
import { Icon, type IconName } from '../parts/icon.ts'
import { Banner } from './banner.ts'
import { openDialog } from './commands/keyboard.ts'
import { Palette } from './commands/palette.ts'
import { Shortcuts } from './commands/shortcuts.ts'
import { Header } from './header.ts'
import { menuOpen } from './menu.ts'
import { hrefOf } from './route.ts'
import { usedPages } from './used-pages.ts'

/** What is around every page. */
export function Frame({
  page,
  children,
}: {
  readonly page: PageEntry | null
  readonly children: ComponentChildren
}): VNode {
  return html`<div class="frame">
    <a class="skip" href="#page-title" onClick=${skipToPage}>Skip to the page</a>
    <${Header} />
    <nav id="navigation" class=${menuOpen.value ? 'nav open' : 'nav'} aria-label="Pages">
      <${Links} group="operations" title="Operations" page=${page} />
      <${Links} group="store" title="Event store" page=${page} />
    </nav>
    <main id="main"><${Banner} />${children}</main>
    <${Announcer} />
    ${openDialog.value === 'search' && html`<${Palette} />`}
    ${openDialog.value === 'shortcuts' && html`<${Shortcuts} />`}
  </div>`
}

function Links(props: {
  readonly group: PageEntry['group']
  readonly title: string
  readonly page: PageEntry | null
}): VNode {
  return html`<section>
    <h2>${props.title}</h2>
    <ul>${usedPages()
      .filter(({ group }) => group === props.group)
      .map(
        (entry) => html`<li key=${entry.name}>
        <a href=${hrefOf(entry.name)} aria-current=${entry === props.page ? 'page' : undefined}>
          <${Icon} name=${entry.name as IconName} /><span>${entry.title}</span><${Count} page=${entry.name} />
        </a>
      </li>`,
      )}</ul>
  </section>`
}

const overview = () => topic('overview').row('now')

/** How many there are of what the page lists. */
function Count({ page }: { readonly page: string }): VNode | null {
  const counts = overview().value?.counts
  const count = page === 'incidents' || page === 'alerts' || page === 'parked' ? counts?.[page] : undefined
  if (count === undefined || count === 0) return null
  if (count === null) return html`<span class="count unknown" title="Not known">?</span>`
  return html`<span class="count">${count}${page === 'parked' && counts?.moreParked === true && '+'}</span>`
}

/** Reads out when the verdict changes, and nothing else: what changes each second would drown it. */
function Announcer(): VNode {
  const said = useSignal('')
  useSignalEffect(() => {
    const now = overview().value
    const text = now === undefined ? '' : `${now.verdict}: ${now.reason}`
    if (text !== said.peek()) said.value = text
  })
  return html`<div class="hidden" role="status">${said}</div>`
}

function skipToPage(event: Event): void {
  event.preventDefault()
  document.getElementById('page-title')?.focus()
}
