import type { IntegrityRow } from '../../../contract/topics.ts'
import { topic } from '../../live/topics.ts'
import { Heading } from '../../parts/heading.ts'
import { html } from '../../parts/html.ts'
import { Panel } from '../../parts/panels/panel.ts'
import { FaultText, Trouble } from '../../parts/panels/trouble.ts'
import { Status, type Tone } from '../../parts/status.ts'
import { Time } from '../../parts/times.ts'
import { Tiles } from '../../parts/values/facts.ts'
import { visibleText } from '../../parts/values/visible-text.ts'
import type { PageComponent } from '../page.ts'

const STATES: { readonly [state in IntegrityRow['state']]: { readonly tone: Tone; readonly advice: string | null } } = {
  ok: { tone: 'ok', advice: null },
  diverged: {
    tone: 'critical',
    advice:
      'What is sealed contradicts a head that was kept elsewhere: the log was tampered with, or restored. Nothing is signed until this is explained. Keep the storage as it is, and run tidemark chain verify.',
  },
  foreign: {
    tone: 'critical',
    advice:
      'The chain belongs to another incarnation of the log, so nothing is sealed. After a restore on purpose, begin the chain again with tidemark chain restart.',
  },
  unknown: { tone: 'unknown', advice: 'The ledger cannot be read now, so nothing can be said about the chain.' },
}

// Heads differ by a few of millions of blocks, so they are not rounded.
const exact = (count: number | null) => count?.toLocaleString('en') ?? 'unknown'

/** The chain that seals the log, and where its heads are kept. */
export const Page: PageComponent = () => {
  const row = topic('integrity').row('chain').value
  if (row === undefined) {
    return html`<${Heading} title="Integrity" /><p class="page-empty">Nothing is known of the chain yet.</p>`
  }
  const { tone, advice } = STATES[row.state]
  return html`
    <${Heading} title="Integrity"><${Status} tone=${tone}>${row.state}<//><//>
    <div class="stack">
      ${
        advice === null
          ? html`<p class="lead">${visibleText(row.detail)}</p>`
          : html`<${Trouble} tone=${tone} title=${visibleText(row.detail)}><p>${advice}</p><//>`
      }
      <${Tiles} facts=${[
        ['Blocks', exact(row.size)],
        ['Sealed up to', html`<${Time} at=${row.sealedTo} />`],
        ['Newest signed head', html`<${Time} at=${row.headAt} />`],
      ]} />
      <${Anchors} row=${row} />
    </div>
  `
}

function Anchors({ row: { anchored, size } }: { readonly row: IntegrityRow }) {
  return html`<${Panel} title="Where heads are kept" isFlush>${
    anchored.length === 0
      ? html`<p class="empty">Nowhere: a person who can write to the storage can replace the chain unnoticed.</p>`
      : html`<div class="table-region stacked" role="region" aria-label="Table of anchors" tabindex="0"><table>
        <thead><tr><th scope="col">Anchor</th><th scope="col">State</th><th scope="col" class="number">Blocks in its head</th>
          <th scope="col">Since</th><th scope="col" class="wide">Error</th></tr></thead>
        <tbody>${anchored.map((one) => html`<${AnchorRow} key=${one.anchor} anchor=${one} size=${size} />`)}</tbody>
      </table></div>`
  }<//>`
}

type AnchorProps = { readonly anchor: IntegrityRow['anchored'][number]; readonly size: number | null }

function AnchorRow({ anchor, size }: AnchorProps) {
  return html`<tr>
    <th scope="row">${visibleText(anchor.anchor)}</th>
    <td data-title="State"><${AnchorState} anchor=${anchor} size=${size} /></td>
    <td class="number" data-title="Blocks in its head">${exact(anchor.size)}</td>
    <td data-title="Since">${anchor.at === null ? '–' : html`<${Time} at=${anchor.at} />`}</td>
    <td class="wide" data-title="Error">${anchor.error === null ? '–' : html`<${FaultText} fault=${anchor.error} />`}</td>
  </tr>`
}

function AnchorState({ anchor, size }: AnchorProps) {
  if (anchor.error !== null) return html`<${Status} tone="warning">failing<//>`
  if (anchor.size === null || size === null) return html`<${Status} tone="unknown">unknown<//>`
  return anchor.size < size
    ? html`<${Status} tone="progress">${exact(size - anchor.size)} behind<//>`
    : html`<${Status} tone="ok">up to date<//>`
}
