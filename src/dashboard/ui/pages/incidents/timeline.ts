import type { VNode } from 'preact'
import type { IncidentEntry } from '../../../../operations/model/incident.ts'
import { html } from '../../parts/html.ts'
import { Icon, type IconName } from '../../parts/icon.ts'
import { Time } from '../../parts/times.ts'

const ENTRIES: { readonly [type in IncidentEntry['type']]: { readonly word: string; readonly icon: IconName } } = {
  Opened: { word: 'Opened', icon: 'incidents' },
  Reopened: { word: 'Reopened', icon: 'incidents' },
  AlertJoined: { word: 'Alert joined', icon: 'alerts' },
  AlertEscalated: { word: 'Alert escalated', icon: 'up' },
  AlertEased: { word: 'Alert eased', icon: 'down' },
  AlertFlapping: { word: 'Alert flaps', icon: 'activity' },
  AlertResolved: { word: 'Alert resolved', icon: 'ok' },
  Acknowledged: { word: 'Acknowledged', icon: 'progress' },
  NoteAdded: { word: 'Note', icon: 'menu' },
  Resolved: { word: 'Resolved', icon: 'ok' },
}

/** What happened to an incident, in order. */
export function Timeline({ entries }: { readonly entries: readonly IncidentEntry[] }): VNode {
  return html`<section class="panel" aria-labelledby="timeline">
    <h2 id="timeline">Timeline</h2>
    <ol class="entries">${entries.map((entry, i) => {
      const { word, icon } = ENTRIES[entry.type] ?? { word: entry.type, icon: 'activity' }
      const text = 'note' in entry ? entry.note : 'message' in entry ? entry.message : ''
      const by = 'by' in entry ? (entry.by ?? 'the system') : null
      return html`<li key=${i} class="happening">
        <${Icon} name=${icon} />
        <div><p class="entry-facts"><b>${word}</b><${Time} at=${entry.at} />${by !== null && html`<span>by ${by}</span>`}</p>
          ${text !== '' && html`<p class="preserved">${text}</p>`}</div>
      </li>`
    })}</ol>
  </section>`
}
