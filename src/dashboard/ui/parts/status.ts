import type { ComponentChildren, VNode } from 'preact'
import { stale } from '../live/freshness.ts'
import { html } from './html.ts'
import { Icon, type IconName } from './icon.ts'

/** How a state is to be taken. Each has a colour and a shape of its own. */
export type Tone = 'ok' | 'warning' | 'critical' | 'unknown' | 'progress' | 'paused' | 'idle'

/** A state by word and shape, and only then by colour. When the data is old it is grey, and says that it was so. */
export function Status(props: {
  readonly tone: Tone
  readonly children: ComponentChildren
  /** It does not age: the state of something that has ended. */
  readonly past?: boolean
}): VNode {
  const old = stale.value && props.past !== true
  const tone: Tone = old ? 'unknown' : props.tone
  return html`<span class="status" data-tone=${tone}>
    <${Icon} name=${tone satisfies IconName} /><span>${old && 'was: '}${props.children}</span>
  </span>`
}
