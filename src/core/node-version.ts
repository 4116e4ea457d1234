/** The oldest Node that Tidemark runs on: the first of its line with an SQLite that several processes may write. */
export const OLDEST_NODE = '22.23.3'

/**
 * Why this Node cannot run Tidemark, or undefined where it can.
 *
 * @param running the version of Node, as in `process.versions.node`
 */
export function nodeComplaint(running: string = process.versions.node): string | undefined {
  const found = running.split('.').map(Number)
  const difference = OLDEST_NODE.split('.')
    .map((part, i) => (found[i] ?? 0) - Number(part))
    .find((delta) => delta !== 0)
  if (difference === undefined || difference > 0) return undefined
  return `Tidemark needs Node ${OLDEST_NODE} or later, and this is Node ${running}`
}
