import type { ComponentChildren, VNode } from 'preact'
import { session } from '../live/session.ts'
import { topic } from '../live/topics.ts'
import { PAGES } from '../pages/index.ts'
import type { PageEntry } from '../pages/page.ts'
import { html } from '../parts/html.ts'
import { Icon, type IconName } from '../parts/icon.ts'
import { Banner } from './banner.ts'
import { Header } from './header.ts'
import { menuOpen } from './menu.ts'
import { hrefOf } from './route.ts'

/** What is around every page. */
export function Frame({ page, children }: { readonly page: PageEntry | null; readonly children: ComponentChildren }) {
  return html`<div class="frame">
    <a class="skip" href="#page-title" onClick=${skipToPage}>Skip to the page</a>
    <${Header} />
    <nav id="navigation" class=${menuOpen.value ? 'nav open' : 'nav'} aria-label="Pages">
      <${Links} group="operations" title="Operations" page=${page} />
      <${Links} group="store" title="Event store" page=${page} />
    </nav>
    <main id="main"><${Banner} />${children}</main>
  </div>`
}

function Links(props: {
  readonly group: PageEntry['group']
  readonly title: string
  readonly page: PageEntry | null
}): VNode {
  const used = session.value?.pages
  const entries = PAGES.filter(
    ({ group, isUsed }) => group === props.group && (isUsed === undefined || (used !== undefined && isUsed(used))),
  )
  return html`<section>
    <h2>${props.title}</h2>
    <ul>${entries.map(
      (entry) => html`<li key=${entry.name}>
        <a href=${hrefOf(entry.name)} aria-current=${entry === props.page ? 'page' : undefined}>
          <${Icon} name=${entry.name as IconName} /><span>${entry.title}</span><${Count} page=${entry.name} />
        </a>
      </li>`,
    )}</ul>
  </section>`
}

/** How many there are of what the page lists. */
function Count({ page }: { readonly page: string }): VNode | null {
  const counts = topic('overview').row('now').value?.counts
  const count = page === 'incidents' || page === 'alerts' || page === 'parked' ? counts?.[page] : undefined
  if (count === undefined || count === 0) return null
  if (count === null) return html`<span class="count unknown" title="Not known">?</span>`
  const more = page === 'parked' && counts?.moreParked === true
  return html`<span class="count">${count}${more && '+'}</span>`
}

function skipToPage(event: Event): void {
  event.preventDefault()
  document.getElementById('page-title')?.focus()
}
