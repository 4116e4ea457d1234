import { html } from '../../parts/html.ts'
import type { PageComponent } from '../page.ts'
import { StreamPage } from './stream-page.ts'
import { StreamsPage } from './streams-page.ts'

export const Page: PageComponent = ({ path: [streamId], query }) =>
  streamId === undefined
    ? html`<${StreamsPage} query=${query} />`
    : html`<${StreamPage} key=${streamId} streamId=${streamId} query=${query} />`
