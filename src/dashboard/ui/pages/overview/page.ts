import { BudgetPanel } from '../../parts/budget-panel.ts'
import { Heading } from '../../parts/heading.ts'
import { html } from '../../parts/html.ts'
import type { PageComponent } from '../page.ts'
import { AvailabilityPanel } from './availability-panel.ts'
import { IncidentsPanel } from './incidents-panel.ts'
import { InstancesPanel } from './instances-panel.ts'
import { Numbers } from './numbers.ts'
import { RecentPanel } from './recent-panel.ts'
import { Verdict } from './verdict.ts'

export const Page: PageComponent = () => html`<div class="stack">
  <div class="hidden"><${Heading} title="Overview" /></div>
  <${Verdict} />
  <${Numbers} />
  <div class="columns main-aside">
    <div class="stack"><${IncidentsPanel} /><${InstancesPanel} /></div>
    <div class="stack"><${AvailabilityPanel} /><${BudgetPanel} /><${RecentPanel} /></div>
  </div>
</div>`
