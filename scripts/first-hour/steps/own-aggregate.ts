import { deepStrictEqual } from 'node:assert'
import type { Project } from '../project.ts'

/** An aggregate of the newcomer's own: its decisions are tested, then it is used. */
export function ownAggregate(project: Project): void {
  project.run('--test', 'orders.test.mjs')
  for (const id of ['1', '2', '3']) project.run('append.ts', id, '2')
  deepStrictEqual(JSON.parse(project.run('append.ts', '1', '3')), { placed: true, shipped: false, items: 5 })
}
