import type { Activity } from '../../../../operations/model/activity.ts'

/** What was sent and what was asked for, newest first, each once. */
export function merged(sent: readonly Activity[], asked: readonly Activity[]): readonly Activity[] {
  const byId = new Map([...asked, ...sent].map((activity) => [activity.id, activity]))
  return [...byId.values()].sort((a, b) => (a.at === b.at ? compare(b.id, a.id) : compare(b.at, a.at)))
}

const compare = (a: string, b: string) => (a < b ? -1 : a > b ? 1 : 0)
