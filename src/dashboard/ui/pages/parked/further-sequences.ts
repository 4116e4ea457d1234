import { signal } from '@preact/signals'
import type { ParkedListAnswer } from '../../../contract/requests.ts'
import { usePages } from '../../live/use-pages.ts'
import { html } from '../../parts/html.ts'
import { More } from '../../parts/panels/more.ts'
import { Table } from '../../parts/table.ts'
import { COLUMNS, hrefOfSequence } from './columns.ts'

type FurtherProps = {
  readonly projection: string
  readonly version: string
  /** The greatest key of those that the page lists by itself. */
  readonly after: string
}

/** The sequences of one version behind those that are sent all the time, a page at a time in the order of their keys. */
export function FurtherSequences({ projection, version, after }: FurtherProps) {
  const pages = usePages(
    (next) => `parked?${new URLSearchParams({ projection, version, after: next ?? after })}`,
    ({ parked, next }: ParkedListAnswer) => ({ rows: parked, next }),
    after,
  )
  const rows = new Map(pages.rows.map((row) => [row.key, signal(row)]))
  return html`<section class="panel">
    ${
      rows.size > 0 &&
      html`<${Table} caption="Further sequences, in the order of their keys" columns=${COLUMNS} keys=${[...rows.keys()]}
        row=${(key: string) => rows.get(key)} href=${hrefOfSequence} limit=${Infinity} stacked />`
    }
    <${More} pages=${pages} text="Show more" />
  </section>`
}
