import type { VNode } from 'preact'
import { html } from './html.ts'

// Drawn on a grid of 16 by 16, with a stroke of 1.5.
const PATHS = {
  ok: 'M8 1.75a6.25 6.25 0 1 0 0 12.5 6.25 6.25 0 0 0 0-12.5ZM5.2 8.2l2 2 3.7-4.2',
  warning: 'M8 2 14.5 13.5h-13ZM8 6.5v3.2M8 11.7v.05',
  critical: 'M5.4 1.75h5.2l3.65 3.65v5.2l-3.65 3.65H5.4L1.75 10.6V5.4ZM8 4.8v3.9M8 11v.05',
  unknown:
    'M8 1.75a6.25 6.25 0 0 1 3.1.8M13.4 4.9a6.25 6.25 0 0 1 .85 3.1M13.4 11.1a6.25 6.25 0 0 1-2.3 2.3M8 14.25a6.25 6.25 0 0 1-3.1-.8M2.6 11.1A6.25 6.25 0 0 1 1.75 8M2.6 4.9a6.25 6.25 0 0 1 2.3-2.3M6.2 6.3a1.9 1.9 0 1 1 2.6 1.8c-.5.2-.8.5-.8 1.1M8 11.2v.05',
  progress: 'M8 1.75A6.25 6.25 0 1 1 1.75 8M8 4.5V8l2.4 1.5',
  paused: 'M8 1.75a6.25 6.25 0 1 0 0 12.5 6.25 6.25 0 0 0 0-12.5ZM6.4 5.8v4.4M9.6 5.8v4.4',
  idle: 'M8 1.75a6.25 6.25 0 1 0 0 12.5 6.25 6.25 0 0 0 0-12.5ZM5.3 8h5.4',
  overview: 'M2 2.5h5v6H2ZM9 2.5h5v3H9ZM9 7.5h5v6H9ZM2 10.5h5v3H2Z',
  incidents: 'M9 1.5 3 9h4.5L7 14.5 13 7H8.5Z',
  alerts: 'M8 2a4 4 0 0 1 4 4v3l1.5 2.5h-11L4 9V6a4 4 0 0 1 4-4ZM6.5 13.5a1.5 1.5 0 0 0 3 0',
  performance: 'M2 13.5h12M2.5 10.5l3-4 3 2.5 5-6',
  activity: 'M1.5 8h3l2-5 3 10 2-5h3',
  projections: 'M2 3.5h12M2 8h8M2 12.5h5M12.5 8v4.5M10.5 10.7l2 2 2-2',
  parked: 'M3 2.5h10v11H3ZM6 11V5h2.5a1.9 1.9 0 0 1 0 3.8H6',
  streams: 'M1.5 5.5c2-1.7 4.2-1.7 6.5 0s4.5 1.7 6.5 0M1.5 10.5c2-1.7 4.2-1.7 6.5 0s4.5 1.7 6.5 0',
  storage: 'M2.5 4c0-2.7 11-2.7 11 0v8c0 2.7-11 2.7-11 0ZM2.5 4c0 2.7 11 2.7 11 0M2.5 8c0 2.7 11 2.7 11 0',
  integrity: 'M6.5 9.5 9.5 6.5M7 4.5l1.5-1.5a3.2 3.2 0 0 1 4.5 4.5L11.5 9M9 11.5 7.5 13A3.2 3.2 0 0 1 3 8.5L4.5 7',
  privacy: 'M3.5 7.5h9v6h-9ZM5.5 7.5V5a2.5 2.5 0 0 1 5 0v2.5',
  rules: 'M8 2v4M8 6 4 10M8 6l4 4M2.5 10h3v3.5h-3ZM10.5 10h3v3.5h-3Z',
  search: 'M7 2.250a4.75 4.75 0 1 0 0 9.5 4.75 4.75 0 0 0 0-9.5ZM10.5 10.5l3.5 3.5',
  menu: 'M2 4h12M2 8h12M2 12h12',
  close: 'M3.5 3.5l9 9M12.5 3.5l-9 9',
  theme: 'M8 1.750a6.25 6.25 0 1 0 0 12.5ZM8 1.750a6.25 6.25 0 0 1 0 12.5',
  keyboard: 'M1.5 4h13v8h-13ZM4 6.5h.05M6.7 6.5h.05M9.3 6.5h.05M12 6.5h.05M5 9.5h6',
  up: 'M8 13V3.5M4 7.2l4-4 4 4',
  down: 'M8 3v9.5M4 8.8l4 4 4-4',
  next: 'M6 3.5 10.5 8 6 12.5',
  muted: 'M8 2a4 4 0 0 1 4 4v3l1.5 2.5h-11L4 9V6a4 4 0 0 1 4-4ZM2 2l12 12',
} as const

export type IconName = keyof typeof PATHS

/** A drawing beside words that say the same; readers of the screen skip it. */
export function Icon({ name }: { readonly name: IconName }): VNode {
  return html`<svg class="icon" viewBox="0 0 16 16" width="16" height="16" aria-hidden="true" focusable="false">
    <path d=${PATHS[name]} />
  </svg>`
}
