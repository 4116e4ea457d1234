import { html } from '../../parts/html.ts'
import type { PageComponent } from '../page.ts'
import { VersionPage } from './version-page.ts'
import { VersionsPage } from './versions-page.ts'

export const Page: PageComponent = ({ path: [projection, version], query }) =>
  projection !== undefined && version !== undefined
    ? html`<${VersionPage} key=${`${projection}:${version}`} projection=${projection} version=${version} query=${query} />`
    : html`<${VersionsPage} projection=${projection} />`
