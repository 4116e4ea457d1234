import { signal } from '@preact/signals'

/** Whether the navigation is open where there is no room for it beside the page. */
export const menuOpen = signal(false)
