import { describe, expect, it } from 'vitest'
import { releaseIn, sectionsOf } from '../../../../scripts/release/changelog.ts'
import { type Release, releaseFaults } from '../../../../scripts/release/release-faults.ts'

const changelog = (unreleased: string, own = '## 0.2.0 - 2026-11-29\n\n- Two.\n\n') =>
  `# Changes\n\nAll of them.\n\n## Unreleased\n\n${unreleased}${own}## 0.1.0 - 2026-01-01\n\n### Added\n\n- One.\n`

const right: Release = { tag: 'v0.2.0', version: '0.2.0', locked: '0.2.0', create: '0.2.0', changelog: changelog('') }

describe('a release', () => {
  it('has nothing wrong when tag, versions and change log agree', () => {
    expect(releaseFaults(right)).toEqual([])
  })

  it.each<[string, Partial<Release>, RegExp]>([
    ['a tag of another version', { tag: 'v0.3.0' }, /tag is v0\.3\.0/],
    ['a branch instead of a tag', { tag: 'main' }, /tag is main/],
    ['a lock file of another version', { locked: '0.1.0' }, /package-lock\.json has 0\.1\.0/],
    ['a create-tidemark of another version', { create: '0.1.0' }, /create-tidemark\/package\.json has 0\.1\.0/],
    ['a version that is none', { version: '0.2', tag: 'v0.2', locked: '0.2' }, /not a version/],
    ['changes that belong to no version', { changelog: changelog('- Three.\n\n') }, /unreleased changes/],
    ['no section of its own', { changelog: changelog('', '') }, /no section/],
    ['no date', { changelog: changelog('', '## 0.2.0\n\n- Two.\n\n') }, /does not say when/],
    ['no changes', { changelog: changelog('', '## 0.2.0 - 2026-11-29\n\n') }, /no change of/],
  ])('is refused with %s', (_, change, fault) => {
    expect(releaseFaults({ ...right, ...change })).toContainEqual(expect.stringMatching(fault))
  })
})

describe('preparing a release', () => {
  it('makes the unreleased changes those of the version, which can then be released', () => {
    const prepared = releaseIn(changelog('### Fixed\n\n- Three.\n\n', ''), '0.2.0', '2026-12-01')
    expect(sectionsOf(prepared).map(({ version, date, text }) => [version, date, text])).toEqual([
      ['Unreleased', undefined, ''],
      ['0.2.0', '2026-12-01', '### Fixed\n\n- Three.'],
      ['0.1.0', '2026-01-01', '### Added\n\n- One.'],
    ])
    expect(releaseFaults({ ...right, changelog: prepared })).toEqual([])
  })

  it('refuses a version that has a section, and a release without changes', () => {
    expect(() => releaseIn(changelog('- Three.\n\n'), '0.1.0', '2026-12-01')).toThrow(/has 0\.1\.0 already/)
    expect(() => releaseIn(changelog('', ''), '0.2.0', '2026-12-01')).toThrow(/no unreleased change/)
  })
})
