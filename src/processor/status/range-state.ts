/**
 * What a projection does on a range:
 *
 * - `idle`: it has read everything and waits for events
 * - `working`: it processes events, or retries after a failure
 * - `waiting`: a reaction that waits for its destination, which has been unavailable for the configured time
 * - `stalled`: it failed repeatedly, or is behind without progress for the configured time, whatever the cause; it is
 *   retried with longer delays
 * - `paused`: an operator paused the projection version, and the last page is done
 * - `parked`: as `idle` or `working`, while sequences of this range are parked and need a person
 * - `unowned`: no worker owns it
 */
export type RangeState = 'idle' | 'working' | 'waiting' | 'stalled' | 'paused' | 'parked' | 'unowned'
