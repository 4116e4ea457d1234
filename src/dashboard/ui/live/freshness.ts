import { computed, signal } from '@preact/signals'

/** After so many milliseconds without a word from the server, nothing on the screen is taken for true any more. */
export const SILENT_AFTER = 15_000

/** The time by this browser's clock, as often as it is looked at: a few times a second. */
export const now = signal(Date.now())

/** When the server was heard last, by this browser's clock; null before the first time. */
export const heardAt = signal<number | null>(null)

/** When what is shown was measured, by the server's clock. */
export const measuredAt = signal<number | null>(null)

/** How far this browser's clock is ahead of the server's, at most: what was transmitted fastest shows it best. */
const clockOffset = signal<number | null>(null)

/** Milliseconds between two measurements. */
export const measuredEvery = signal(1000)

/** The time by the server's clock, in whole seconds. */
export const serverNow = computed(() => Math.floor((now.value - (clockOffset.value ?? 0)) / 1000) * 1000)

/** How old what is shown is, in milliseconds; null before anything was received. */
export const age = computed(() =>
  measuredAt.value === null ? null : Math.max(0, now.value - measuredAt.value - (clockOffset.value ?? 0)),
)

/** Whether nothing was heard for too long. */
export const silent = computed(() => heardAt.value !== null && now.value - heardAt.value >= SILENT_AFTER)

/** Whether what is shown is too old to be called good or bad: it is grey then. */
export const stale = computed(
  () => silent.value || age.value === null || age.value >= Math.max(SILENT_AFTER, 3 * measuredEvery.value),
)

/** Notes that the server was heard, and when it sent that. */
export function heard(at: number | null): void {
  const received = Date.now()
  heardAt.value = received
  now.value = received
  if (at === null) return
  clockOffset.value = Math.min(clockOffset.peek() ?? Number.POSITIVE_INFINITY, received - at)
}
