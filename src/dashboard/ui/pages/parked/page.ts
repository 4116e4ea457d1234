import { html } from '../../parts/html.ts'
import type { PageComponent } from '../page.ts'
import { ParkedPage } from './parked-page.ts'
import { SequencePage } from './sequence-page.ts'

export const Page: PageComponent = ({ path: [projection, version, key], query }) =>
  projection !== undefined && version !== undefined && key !== undefined
    ? html`<${SequencePage} key=${`${projection}:${version} ${key}`} projection=${projection} version=${version} name=${key} />`
    : html`<${ParkedPage} query=${query} />`
