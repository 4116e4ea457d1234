/** One section of the change log: what a version changed. */
export type Section = {
  /** `0.2.0`, or `Unreleased`. */
  readonly version: string
  /** `2026-11-29`, or undefined where there is none. */
  readonly date: string | undefined
  /** The Markdown below the heading. */
  readonly text: string
}

const HEADING = /^## (\S+)(?: - (\d{4}-\d{2}-\d{2}))?$/

/** The sections of a change log, newest first. */
export function sectionsOf(changelog: string): Section[] {
  const parts = changelog.split(/^(?=## )/m).filter((part) => part.startsWith('## '))
  return parts.map((part) => {
    const [heading = '', ...lines] = part.split('\n')
    const [, version = heading.slice(3), date] = HEADING.exec(heading) ?? []
    return { version, date, text: lines.join('\n').trim() }
  })
}

/**
 * A change log whose unreleased changes are those of a version from now on.
 *
 * @param date `2026-11-29`
 * @throws Error when nothing is unreleased, or the version has a section already
 */
export function releaseIn(changelog: string, version: string, date: string): string {
  const sections = sectionsOf(changelog)
  if (sections.some((section) => section.version === version)) throw new Error(`CHANGELOG.md has ${version} already`)
  const unreleased = sections.find((section) => section.version === 'Unreleased')
  if (!unreleased?.text) throw new Error('CHANGELOG.md lists no unreleased change')
  return changelog.replace(/^## Unreleased$/m, `## Unreleased\n\n## ${version} - ${date}`)
}
