import type { HeadReport, TreeHead } from '../../integrity/index.ts'
import { count } from '../support/count.ts'

/** A head as JSON has it: the root is base64. */
export const treeHeadJson = ({ origin, size, root }: TreeHead): object => ({
  origin,
  size,
  root: Buffer.from(root).toString('base64'),
})

/** A report on the head, as JSON has it. */
export const headJson = ({ head, note, anchors }: HeadReport): object => ({ ...treeHeadJson(head), note, anchors })

/** The newest head, and which anchors keep it, in lines. */
export function headLines({ head, note, anchors }: HeadReport): readonly string[] {
  return [
    `Chain ${head.origin}: head of ${count(head.size, 'block')}, ${note === null ? 'NOT SIGNED' : 'signed'}`,
    ...(anchors.length === 0 ? ['NOT ANCHORED: set CHAIN_ANCHORS'] : anchors.map(anchorLine)),
  ]
}

function anchorLine({ name, state, size, since, error }: HeadReport['anchors'][number]): string {
  if (state === 'current') return `${name}: current`
  const label = state === 'diverged' ? 'DIVERGED' : state
  return `${name}: ${label}, keeps ${count(size, 'block')}${since === null ? '' : `, behind since ${since}`}${error === null ? '' : ` (${error})`}`
}
