import { type ReadonlySignal, useSignal } from '@preact/signals'
import type { ComponentChildren, VNode } from 'preact'
import { html } from './html.ts'
import { moveBetweenRows } from './row-keys.ts'

export type Column<Row> = {
  readonly title: string
  /** Numbers stand at the end, in tabular figures. */
  readonly number?: boolean
  /** Text of any length: it takes what is left, and wraps. */
  readonly wide?: boolean
  /** It names the row, and leads to where `href` says. */
  readonly head?: boolean
  readonly cell: (row: Row) => ComponentChildren
}

export type TableProps<Row> = {
  /** What the table contains, for readers of the screen; shown above it unless `captionHidden`. */
  readonly caption: string
  readonly captionHidden?: boolean
  /** The same array on every call: rows are drawn anew when it changes, and `href` likewise. */
  readonly columns: readonly Column<Row>[]
  /** The keys of the rows, in their order. */
  readonly keys: readonly string[]
  /** Each row is watched by itself, so that a change of one draws one. */
  readonly row: (key: string) => ReadonlySignal<Row | undefined>
  readonly href?: (row: Row) => string
  /** On narrow screens, each row becomes a list of its cells, instead of being scrolled sideways. */
  readonly stacked?: boolean
  /** How many rows are drawn at first, 100 by default. */
  readonly limit?: number
  /** What is said when there are no rows. */
  readonly empty?: ComponentChildren
}

/** A table of rows that change by themselves. The arrow keys go from row to row where rows are links. */
export function Table<Row>(props: TableProps<Row>): VNode {
  const step = props.limit ?? 100
  const limit = useSignal(step)
  const shown = props.keys.slice(0, limit.value)
  const left = props.keys.length - shown.length
  if (props.keys.length === 0 && props.empty !== undefined) return html`<div class="empty">${props.empty}</div>`
  return html`<div class=${props.stacked === true ? 'table-region stacked' : 'table-region'} role="region" aria-label=${props.caption} tabindex="0">
    <table class=${props.href === undefined ? '' : 'linked'} onKeyDown=${moveBetweenRows}>
      <caption class=${props.captionHidden === true ? 'hidden' : ''}>${props.caption}</caption>
      <thead><tr>${props.columns.map(
        (column) => html`<th key=${column.title} scope="col" class=${classOf(column)}>${column.title}</th>`,
      )}</tr></thead>
      <tbody>${shown.map(
        (key) => html`<${TableRow} key=${key} row=${props.row(key)} columns=${props.columns} href=${props.href} />`,
      )}</tbody>
    </table>
    ${
      left > 0 &&
      html`<p class="table-more">
        <button type="button" onClick=${() => {
          limit.value += step
        }}>Show ${Math.min(step, left)} more</button>
        <span>${shown.length} of ${props.keys.length} are shown.</span>
      </p>`
    }
  </div>`
}

type RowProps = {
  readonly row: ReadonlySignal<unknown>
  readonly columns: readonly Column<unknown>[]
  readonly href?: (row: unknown) => string
}

// It reads a signal, so it is drawn anew only when that or one of its properties changes.
function TableRow({ row, columns, href }: RowProps): VNode | null {
  const value = row.value
  if (value === undefined) return null
  return html`<tr>${columns.map((column) => {
    const content = column.cell(value)
    const linked = column.head === true && href !== undefined
    return column.head === true
      ? html`<th scope="row" class=${classOf(column)}>${linked ? html`<a href=${href(value)}>${content}</a>` : content}</th>`
      : html`<td class=${classOf(column)} data-title=${column.title}>${content}</td>`
  })}</tr>`
}

const classOf = (column: Column<never>) =>
  [column.number === true ? 'number' : '', column.wide === true ? 'wide' : ''].filter(Boolean).join(' ')
