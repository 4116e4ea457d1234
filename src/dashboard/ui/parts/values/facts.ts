import type { ComponentChildren } from 'preact'
import { html } from '../html.ts'

type FactsProps = { readonly facts: readonly (readonly [name: string, value: ComponentChildren])[] }

/** What is known of one thing, as names and values below each other. */
export function Facts({ facts }: FactsProps) {
  return html`<dl class="facts">${facts.map(([name, value]) => [html`<dt>${name}</dt>`, html`<dd>${value}</dd>`])}</dl>`
}

/** The few values that matter most, beside each other. */
export function Tiles({ facts }: FactsProps) {
  return html`<dl class="tiles">${facts.map(
    ([name, value]) => html`<div class="tile" key=${name}>
      <dt>${name}</dt>
      <dd class=${value === 'unknown' ? 'tile-value unknown' : 'tile-value'}>${value}</dd>
    </div>`,
  )}</dl>`
}
