import { BudgetPanel } from '../../parts/budget-panel.ts'
import { Heading } from '../../parts/heading.ts'
import { html } from '../../parts/html.ts'
import { hrefOf } from '../../shell/route.ts'
import type { PageComponent } from '../page.ts'
import { Charts, LiveCharts } from './charts.ts'

/** The windows that the history has, with the steps of its rings in seconds. */
const WINDOWS = [
  { name: '10min', title: '10 minutes', length: 600_000, step: 1 },
  { name: '6h', title: '6 hours', length: 6 * 3_600_000, step: 10 },
  { name: '2d', title: '2 days', length: 48 * 3_600_000, step: 60 },
] as const

export const Page: PageComponent = ({ query }) => {
  const window = WINDOWS.find(({ name }) => name === query.window) ?? WINDOWS[0]
  return html`<div>
    <${Heading} title="Performance">
      <nav class="segments" aria-label="Window">${WINDOWS.map(
        ({ name, title }) =>
          html`<a key=${name} href=${hrefOf('performance', [], { window: name })} aria-current=${name === window.name}>${title}</a>`,
      )}</nav>
    <//>
    <div class="stack">
      ${window.name === '10min' ? html`<${LiveCharts} />` : html`<${Charts} key=${window.name} length=${window.length} step=${window.step} />`}
      <${BudgetPanel} />
    </div>
  </div>`
}
