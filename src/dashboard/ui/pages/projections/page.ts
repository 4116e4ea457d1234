import { Heading } from '../../parts/heading.ts'
import { html } from '../../parts/html.ts'
import type { PageComponent } from '../page.ts'

export const Page: PageComponent = () => html`<${Heading} title="Projections" />`
