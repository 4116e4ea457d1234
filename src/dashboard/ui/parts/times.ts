import { useComputed } from '@preact/signals'
import type { VNode } from 'preact'
import { serverNow } from '../live/freshness.ts'
import { formatDuration, formatTime } from './format.ts'
import { html } from './html.ts'

/** A moment: as a time of the day, with the whole of it to be pointed at. */
export function Time({ at }: { readonly at: string | null }): VNode {
  if (at === null) return html`<span class="unknown">unknown</span>`
  return html`<time datetime=${at} title=${at}>${formatTime(at, serverNow.peek())}</time>`
}

/** How long ago something was: `18 min`. It counts by itself. */
export function Ago({ at, suffix = '' }: { readonly at: string | null; readonly suffix?: string }): VNode {
  const text = useComputed(() => (at === null ? 'unknown' : formatAgo(serverNow.value - Date.parse(at)) + suffix))
  return at === null
    ? html`<span class="unknown">unknown</span>`
    : html`<time datetime=${at} title=${at}>${text}</time>`
}

/** The greatest unit of a duration only, which is what is looked for. */
function formatAgo(ms: number): string {
  const seconds = Math.max(0, Math.floor(ms / 1000))
  if (seconds < 60) return `${seconds} s`
  if (seconds < 3600) return `${Math.floor(seconds / 60)} min`
  return formatDuration(seconds < 86_400 ? Math.floor(seconds / 60) * 60_000 : Math.floor(seconds / 3600) * 3_600_000)
}
