import { effect, useSignal } from '@preact/signals'
import type { VNode } from 'preact'
import { useEffect, useRef } from 'preact/hooks'
import { signedIn } from '../live/session.ts'
import { want } from '../live/stream/wanted.ts'
import { topic } from '../live/topics.ts'
import { PAGES } from '../pages/index.ts'
import type { PageComponent, PageEntry } from '../pages/page.ts'
import { html } from '../parts/html.ts'
import { Frame } from './frame.ts'
import { menuOpen } from './menu.ts'
import { route } from './router.ts'
import { SignIn } from './sign-in.ts'

/** The page that the address names: the first one when it names none, and null for one that does not exist. */
function pageOf(name: string): PageEntry | null {
  return name === '' ? (PAGES[0] ?? null) : (PAGES.find((page) => page.name === name) ?? null)
}

export function App(): VNode | null {
  const { page: name, path } = route.value
  const page = pageOf(name)
  const state = signedIn.value
  useEffect(() => {
    if (page !== null) want(typeof page.topics === 'function' ? page.topics(path) : page.topics)
  }, [page, path])
  useEffect(() => {
    menuOpen.value = false
  }, [page])
  useFocusOnTitle([name, ...path].join('/'))
  const incidents = topic('overview').row('now').value?.counts.incidents ?? 0
  useEffect(() => {
    document.title = `${incidents > 0 ? `(${incidents}) ` : ''}${page?.title ?? 'Not found'} · Tidemark`
  }, [page, incidents])
  if (state === 'asking') return null
  if (state === 'no') return html`<${SignIn} />`
  return html`<${Frame} page=${page}>
    ${page === null ? html`<${NotFound} />` : html`<${LoadedPage} key=${page.name} entry=${page} />`}
    ${state === 'ended' && html`<${SignIn} />`}
  <//>`
}

/** Moves the focus to the title of a page that is opened, where readers of the screen and the keyboard begin. */
function useFocusOnTitle(place: string): void {
  const before = useRef(place)
  useEffect(() => {
    if (before.current === place) return
    before.current = place
    requestAnimationFrame(() => {
      scrollTo(0, 0)
      document.getElementById('page-title')?.focus({ preventScroll: true })
    })
  }, [place])
}

const loaded = new Map<string, PageComponent>()

function LoadedPage({ entry }: { readonly entry: PageEntry }): VNode {
  const component = useSignal(loaded.get(entry.name))
  const failed = useSignal(false)
  useEffect(() => {
    if (component.peek() !== undefined) return
    entry.load().then(
      ({ Page }) => {
        loaded.set(entry.name, Page)
        component.value = Page
      },
      () => {
        failed.value = true
      },
    )
  }, [entry, component, failed])
  if (component.value !== undefined) {
    return html`<${component.value} path=${route.value.path} query=${route.value.query} />`
  }
  return html`<h1 id="page-title" tabindex="-1">${entry.title}</h1>
    <p class="empty">${failed.value ? 'The page could not be loaded: the dashboard did not answer. Open it again.' : ''}</p>`
}

function NotFound(): VNode {
  return html`<div><h1 id="page-title" tabindex="-1">There is no such page</h1>
    <p class="empty">The address names no page of this dashboard. <a href="#/overview">Go to the overview.</a></p></div>`
}

/** Loads the code of all pages, so that they can still be opened when the dashboard does not answer. */
export function loadPagesAhead(): void {
  const dispose = effect(() => {
    if (signedIn.value !== 'yes') return
    setTimeout(() => {
      dispose()
      for (const { name, load } of PAGES)
        load()
          .then(({ Page }) => loaded.set(name, Page))
          .catch(() => {})
    }, 2000)
  })
}
