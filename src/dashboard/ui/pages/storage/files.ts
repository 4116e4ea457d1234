import type { StorageRow } from '../../../contract/topics.ts'
import { formatBytes } from '../../parts/format.ts'
import { html } from '../../parts/html.ts'
import { Panel } from '../../parts/panels/panel.ts'
import { visibleText } from '../../parts/values/visible-text.ts'

/** The files of an embedded storage with their write-ahead logs. */
export function Files({ files }: { readonly files: StorageRow['files'] }) {
  if (files.length === 0) return null
  return html`<${Panel} title="Files" isFlush>
    <div class="table-region stacked" role="region" aria-label="Table of files" tabindex="0">
      <table>
        <thead><tr><th scope="col">File</th><th scope="col" class="number">Size</th><th scope="col" class="number">Write-ahead log</th></tr></thead>
        <tbody>${files.map(
          ({ name, bytes, walBytes }) => html`<tr key=${name}>
            <th scope="row"><code>${visibleText(name)}</code></th>
            <td class="number" data-title="Size">${formatBytes(bytes)}</td>
            <td class="number" data-title="Write-ahead log">${formatBytes(walBytes)}</td>
          </tr>`,
        )}</tbody>
      </table>
    </div>
    <p class="panel-note">A write-ahead log is written into its file from 64 MB on. If it keeps growing, a long read holds it.</p>
  <//>`
}
