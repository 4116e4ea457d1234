import type { ReplayAnswer } from '../../../contract/requests.ts'

const events = (count: number) => `${count} ${count === 1 ? 'event' : 'events'}`

/** What a replay did, or would do, in one or two sentences. */
export function outcomeOf({ dryRun, folded, dropped, left, error }: ReplayAnswer): string {
  const done = [
    dropped > 0 ? `${events(dropped)} ${dryRun ? 'would be' : dropped === 1 ? 'was' : 'were'} dropped` : '',
    folded > 0 || dropped === 0
      ? `${events(folded)} ${dryRun ? 'would be' : folded === 1 ? 'was' : 'were'} processed`
      : '',
  ].filter((part) => part !== '')
  const sentence = `${done.join(', and ')}.`
  if (left === 0)
    return `${sentence} ${dryRun ? 'Nothing would be left: the sequence would continue.' : 'The sequence continues.'}`
  const stays = `${events(left)} ${dryRun ? 'would stay' : left === 1 ? 'stays' : 'stay'} parked`
  return error === null
    ? `${sentence} ${stays}.`
    : `${sentence} ${stays}, because the next one ${dryRun ? 'would fail' : 'failed'} again.`
}
