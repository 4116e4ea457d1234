import { effect } from '@preact/signals'
import { stale } from '../live/freshness.ts'

/** Lets the styles turn all colours of states to grey while what is shown is old. */
export function markStale(): void {
  effect(() => {
    document.documentElement.toggleAttribute('data-stale', stale.value)
  })
}
