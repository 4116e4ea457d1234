import { Heading } from '../../parts/heading.ts'
import { html } from '../../parts/html.ts'
import { Panel } from '../../parts/panels/panel.ts'
import { hrefOf, type Route } from '../../shell/route.ts'
import { goTo } from '../../shell/router.ts'
import { RecentEvents } from './recent-events.ts'
import { StreamList } from './stream-list.ts'

/** Finds streams: by id, by category or prefix, and by what was appended just now. */
export function StreamsPage({ query }: { readonly query: Route['query'] }) {
  const { category, prefix } = query
  function open(event: SubmitEvent) {
    event.preventDefault()
    const id = String(new FormData(event.currentTarget as HTMLFormElement).get('id') ?? '').trim()
    if (id !== '') goTo(hrefOf('streams', [id]))
  }
  function find(event: SubmitEvent) {
    event.preventDefault()
    const given = new FormData(event.currentTarget as HTMLFormElement)
    const text = (name: string) => String(given.get(name) ?? '').trim() || undefined
    goTo(hrefOf('streams', [], { category: text('category'), prefix: text('prefix') }))
  }
  return html`
    <${Heading} title="Streams" />
    <div class="stack">
      <div class="columns">
        <${Panel} title="Open a stream">
          <form class="find" role="search" aria-label="Open a stream" onSubmit=${open}>
            <label>Stream id<input name="id" required spellcheck=${false} autocomplete="off" placeholder="meter:87000001:2026" /></label>
            <button type="submit" class="primary">Open</button>
          </form>
        <//>
        <${Panel} title="List streams">
          <form class="find" role="search" aria-label="List streams" onSubmit=${find}>
            <label>Category<input name="category" defaultValue=${category ?? ''} spellcheck=${false} autocomplete="off" placeholder="meter" /></label>
            <label>Id begins with<input name="prefix" defaultValue=${prefix ?? ''} spellcheck=${false} autocomplete="off" /></label>
            <button type="submit">List</button>
          </form>
        <//>
      </div>
      ${
        category !== undefined || prefix !== undefined
          ? html`<${StreamList} key=${`${category}/${prefix}`} category=${category} prefix=${prefix} />`
          : html`<${RecentEvents} />`
      }
    </div>
  `
}
