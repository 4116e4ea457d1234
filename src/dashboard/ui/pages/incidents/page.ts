import { html } from '../../parts/html.ts'
import type { PageComponent } from '../page.ts'
import { IncidentPage } from './incident-page.ts'
import { IncidentsPage } from './incidents-page.ts'

export const Page: PageComponent = ({ path: [id] }) =>
  id === undefined ? html`<${IncidentsPage} />` : html`<${IncidentPage} key=${id} id=${id} />`
