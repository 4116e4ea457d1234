/** What a branch seals: the views of a version of a projection, or all snapshots. */
export type BranchSubject = { readonly projection: string; readonly version: number } | 'snapshots'

/** The name of a branch in its block. */
export const branchName = (subject: BranchSubject): string =>
  subject === 'snapshots' ? subject : `views:${subject.projection}:${subject.version}`

/** What a branch of this name seals, or undefined if no branch has this name. */
export function parseBranchName(name: string): BranchSubject | undefined {
  if (name === 'snapshots') return name
  const [, projection, version] = /^views:([^:]+):([1-9]\d*)$/.exec(name) ?? []
  return projection === undefined ? undefined : { projection, version: Number(version) }
}
