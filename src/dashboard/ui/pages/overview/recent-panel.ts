import type { VNode } from 'preact'
import { topic } from '../../live/topics.ts'
import { html } from '../../parts/html.ts'
import { Waiting } from '../../parts/waiting.ts'
import { ActivityEntries } from '../activity/entries.ts'
import { merged } from '../activity/merged.ts'

/** What happened last. */
export function RecentPanel(): VNode {
  const { known, all } = topic('activity')
  const newest = merged(all.value, []).slice(0, 6)
  return html`<section class="panel" aria-labelledby="recent-activity">
    <div class="panel-head"><h2 id="recent-activity">Activity</h2><a href="#/activity">All activity</a></div>
    ${
      !known.value
        ? html`<${Waiting} />`
        : newest.length === 0
          ? html`<p class="empty">Nothing has happened since the dashboard began to watch.</p>`
          : html`<${ActivityEntries} activity=${newest} />`
    }
  </section>`
}
