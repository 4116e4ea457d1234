import { deepStrictEqual } from 'node:assert'
import type { Project } from '../project.ts'

/** An aggregate of the newcomer's own: its decisions are tested, then it is used. */
export function ownAggregate(project: Project): void {
  project.run('--test', 'orders.test.mjs')
  const states = project.run('append.ts', '1:2', '2:2', '3:2', '1:3').trim().split('\n')
  deepStrictEqual(JSON.parse(states.at(-1) ?? ''), { placed: true, shipped: false, items: 5 })
}
