import type { ComponentChildren, VNode } from 'preact'
import { samples, valuesOf } from '../live/samples.ts'
import { Sparkline } from './chart/sparkline.ts'
import { html } from './html.ts'

/** A number with its name and, if it is a series, its last minutes. */
export function Tile(props: {
  readonly title: string
  readonly value: string
  readonly note?: ComponentChildren
  readonly children?: ComponentChildren
}): VNode {
  return html`<div class="tile">
    <span class="tile-title">${props.title}</span>
    <span class=${props.value === 'unknown' ? 'tile-value unknown' : 'tile-value'}>${props.value}</span>
    ${props.children}
    ${props.note !== undefined && html`<span class="tile-note">${props.note}</span>`}
  </div>`
}

/** The latest value of a series, and its last minutes. */
export function SeriesTile(props: {
  readonly title: string
  readonly series: string
  readonly format: (value: number | null) => string
  readonly note?: ComponentChildren
}): VNode {
  const values = valuesOf(samples.value, props.series)
  return html`<${Tile} title=${props.title} value=${props.format(values.at(-1) ?? null)} note=${props.note}>
    <${Sparkline} title=${props.title} values=${values} format=${props.format} />
  <//>`
}
