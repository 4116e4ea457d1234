import type { VNode } from 'preact'
import type { Activity, ActivityType } from '../../../../operations/model/activity.ts'
import { html } from '../../parts/html.ts'
import { Icon, type IconName } from '../../parts/icon.ts'
import { Time } from '../../parts/times.ts'

/** What each type of activity is called, and drawn as. */
export const ACTIVITY_TYPES: { readonly [type in ActivityType]: { readonly word: string; readonly icon: IconName } } = {
  InstanceStarted: { word: 'Instance started', icon: 'up' },
  InstanceStopped: { word: 'Instance stopped', icon: 'down' },
  InstanceLost: { word: 'Instance lost', icon: 'critical' },
  ServiceUpdated: { word: 'Service updated', icon: 'up' },
  VersionActivated: { word: 'Version activated', icon: 'ok' },
  RebuildStarted: { word: 'Rebuild started', icon: 'progress' },
  RebuildFinished: { word: 'Rebuild finished', icon: 'ok' },
  OperatorActed: { word: 'Operator acted', icon: 'privacy' },
  EvaluationGap: { word: 'Not watched', icon: 'unknown' },
}

/** What happened, newest first, a sentence each. */
export function ActivityEntries({ activity }: { readonly activity: readonly Activity[] }): VNode {
  return html`<ul class="entries">${activity.map(({ id, type, at, text, by }) => {
    const { word, icon } = ACTIVITY_TYPES[type] ?? { word: type, icon: 'activity' }
    return html`<li key=${id} class="happening">
      <${Icon} name=${icon} />
      <div><p class="preserved">${text}</p><p class="entry-facts"><${Time} at=${at} /><span>${word}</span>${by !== null && html`<span>by ${by}</span>`}</p></div>
    </li>`
  })}</ul>`
}
