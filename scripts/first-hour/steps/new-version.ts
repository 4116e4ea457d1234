import { deepStrictEqual } from 'node:assert'
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { type Project, until } from '../project.ts'
import { viewOf } from './workers.ts'

type Version = { readonly projection: string; readonly version: number; readonly role: string }

/** A changed projection is built as version 2 beside version 1, becomes active, and version 1 is dropped. */
export async function newVersion(project: Project): Promise<void> {
  const file = join(project.folder, 'projections/order-totals.ts')
  const first = readFileSync(file, 'utf8')
  const second = first
    .replace("'order-totals', {", "'order-totals', {\n  version: 2,")
    .replace('items: 0,', 'items: 0, lines: 0,')
    .replace('items: view.items + data.quantity,', 'items: view.items + data.quantity,\n      lines: view.lines + 1,')
  writeFileSync(file, second)
  const worker = await project.startWorker()
  await until('version 2 is active', () => {
    return versionsOf(project).find(({ version }) => version === 2)?.role === 'active' ? true : undefined
  })
  deepStrictEqual(viewOf(project, '1'), { order: '1', items: 9, lines: 3, total: 22.5, shipped: false })
  project.json('projections', 'drop', 'order-totals', '1')
  deepStrictEqual(
    versionsOf(project).map(({ version }) => version),
    [2],
  )
  await worker.end('SIGTERM')
}

// The README's example has left a projection of its own.
const versionsOf = (project: Project): Version[] =>
  project.json<Version[]>('projections', 'list').filter(({ projection }) => projection === 'order-totals')
