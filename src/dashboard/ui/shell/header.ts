import type { VNode } from 'preact'
import { age, measuredAt, stale } from '../live/freshness.ts'
import { session } from '../live/session.ts'
import { chooseNextTheme, theme } from '../live/theme.ts'
import { formatDuration } from '../parts/format.ts'
import { html } from '../parts/html.ts'
import { Icon } from '../parts/icon.ts'
import { openDialog } from './commands/keyboard.ts'
import { menuOpen } from './menu.ts'

export function Header(): VNode {
  const known = session.value
  return html`<header class="top">
    <button type="button" class="icon-button menu-button" aria-expanded=${menuOpen.value} aria-controls="navigation"
      onClick=${() => {
        menuOpen.value = !menuOpen.value
      }}><${Icon} name=${menuOpen.value ? 'close' : 'menu'} /><span class="hidden">Pages</span></button>
    <a class="brand" href="#/overview" aria-label="Tidemark"><${Mark} /><span class="brand-name">Tidemark</span></a>
    ${known?.label != null && html`<span class="label">${known.label}</span>`}
    <${Age} />
    <span class="spacer"></span>
    <button type="button" class="search" aria-label="Search" onClick=${() => {
      openDialog.value = 'search'
    }}><${Icon} name="search" /><span>Search</span><kbd>/</kbd></button>
    ${known !== null && html`<span class="who" title=${`Signed in as ${known.name}`}>${known.readOnly ? 'read-only' : known.role}</span>`}
    <button type="button" class="icon-button keyboard" title="Keyboard shortcuts" onClick=${() => {
      openDialog.value = 'shortcuts'
    }}><${Icon} name="keyboard" /><span class="hidden">Keyboard shortcuts</span></button>
    <button type="button" class="icon-button" title=${`Theme: ${theme.value}`} onClick=${chooseNextTheme}>
      <${Icon} name="theme" /><span class="hidden">Theme: ${theme.value}. Change it.</span>
    </button>
  </header>`
}

function Mark(): VNode {
  return html`<svg class="mark" viewBox="0 0 16 16" width="20" height="20" aria-hidden="true" focusable="false">
    <rect width="16" height="16" rx="4" />
    <path d="M2.5 6.5c1.8-1.6 3.7-1.6 5.5 0s3.7 1.6 5.5 0M2.5 10.5c1.8-1.6 3.7-1.6 5.5 0s3.7 1.6 5.5 0" />
  </svg>`
}

/** How old what is shown is. */
function Age(): VNode {
  if (measuredAt.value === null) return html`<span class="age" data-old>connecting</span>`
  return html`<span class="age" data-old=${stale.value ? '' : undefined}>
    <${Icon} name=${stale.value ? 'unknown' : 'ok'} />${stale.value ? 'old' : 'live'} <span class="tabular">${(age.value ?? 0) < 10_000 ? `${((age.value ?? 0) / 1000).toFixed(1)} s` : formatDuration(age.value)}</span>
  </span>`
}
