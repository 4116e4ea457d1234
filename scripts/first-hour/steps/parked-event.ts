import { deepStrictEqual } from 'node:assert'
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { type Project, until } from '../project.ts'
import { viewOf } from './workers.ts'

type Parked = { readonly key: string }

/** A handler that throws parks its view and no other; the handler is fixed, and what waits is replayed. */
export async function parkedEvent(project: Project): Promise<void> {
  const file = join(project.folder, 'projections/order-totals.ts')
  const right = readFileSync(file, 'utf8')
  const broken = right.replace(
    '({\n      ...view,\n      items',
    'dozens(data.quantity) && ({\n      ...view,\n      items',
  )
  if (broken === right) throw new Error('The projection is not as this script expects it')
  writeFileSync(
    file,
    `${broken}\nfunction dozens(quantity: number): true {\n  if (quantity >= 12) throw new Error('no dozens yet')\n  return true\n}\n`,
  )

  const worker = await project.startWorker()
  project.run('append.ts', '2:12', '3:1')
  await until('the sequence is parked', () => {
    const [parked] = project.json<Parked[]>('parked', 'list')
    return parked?.key === '2' ? true : undefined
  })
  // Other views go on.
  viewOf(project, '3', 3)
  await worker.end('SIGTERM')

  writeFileSync(file, right)
  const replay = ['parked', 'replay', 'order-totals', '2', '--projections', './projections']
  project.json(...replay, '--dry-run')
  // A dry run changes nothing.
  viewOf(project, '2', 2)
  project.json(...replay)
  deepStrictEqual(viewOf(project, '2'), { order: '2', items: 14, total: 35, shipped: false })
  deepStrictEqual(project.json<Parked[]>('parked', 'list'), [])
}
