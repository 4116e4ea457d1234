import { valid } from 'semver'
import { sectionsOf } from './changelog.ts'

/** What a release is made of. */
export type Release = {
  /** The Git tag, `v0.2.0`. */
  readonly tag: string
  /** The version in package.json. */
  readonly version: string
  /** The version in package-lock.json. */
  readonly locked: string
  /** The version in create-tidemark/package.json, whose projects depend on that version of tidemark. */
  readonly create: string
  readonly changelog: string
}

/** Everything that is wrong with a release, each as one sentence; nothing may be published unless this is empty. */
export function releaseFaults({ tag, version, locked, create, changelog }: Release): string[] {
  const faults: string[] = []
  if (valid(version) !== version) faults.push(`package.json has ${version}, which is not a version`)
  if (tag !== `v${version}`) faults.push(`The tag is ${tag}, but package.json has ${version}`)
  if (locked !== version) faults.push(`package-lock.json has ${locked}, but package.json ${version}`)
  if (create !== version) faults.push(`create-tidemark/package.json has ${create}, but package.json ${version}`)
  const sections = sectionsOf(changelog)
  const unreleased = sections.find((section) => section.version === 'Unreleased')
  const own = sections.find((section) => section.version === version)
  if (unreleased?.text) faults.push(`CHANGELOG.md lists unreleased changes: move them to ${version}`)
  if (own === undefined) faults.push(`CHANGELOG.md has no section "## ${version} - <date>"`)
  else if (own.date === undefined) faults.push(`CHANGELOG.md does not say when ${version} was released`)
  else if (own.text === '') faults.push(`CHANGELOG.md lists no change of ${version}`)
  return faults
}
