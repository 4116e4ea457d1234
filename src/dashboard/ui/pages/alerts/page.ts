import { Heading } from '../../parts/heading.ts'
import { html } from '../../parts/html.ts'
import type { PageComponent } from '../page.ts'
import { FiringPanel } from './firing-panel.ts'
import { PendingPanel } from './pending-panel.ts'
import { RulesPanel } from './rules-panel.ts'
import { SilencesPanel } from './silences-panel.ts'

export const Page: PageComponent = ({ query }) => html`<div>
  <${Heading} title="Alerts" />
  <div class="stack">
    <${FiringPanel} />
    <div class="columns"><${PendingPanel} /><${SilencesPanel} key=${query.silence ?? ''} rule=${query.silence} subject=${query.subject} /></div>
    <${RulesPanel} />
  </div>
</div>`
