import { describe, expect, it } from 'vitest'
import { actsOn, consequencesOf } from '../../../../../../src/dashboard/ui/pages/projections/consequences.ts'

const version = (role: 'active' | 'building' | 'standby' | 'old' | 'dropping', number = 2) => ({
  projection: 'meters',
  version: number,
  role,
  kind: 'projection' as const,
})

describe('what an operator can do with a version', () => {
  it('never includes to drop or activate the active one', () => {
    expect(actsOn(version('active'))).toEqual(['rebuild'])
    expect(actsOn(version('building'))).toEqual(['activate', 'rebuild', 'drop'])
  })

  it('is only to finish what was begun when it is being dropped', () => {
    expect(actsOn(version('dropping'))).toEqual(['drop'])
  })

  it('is left to the storage where the dashboard lacks the code, so that it does not know what it is', () => {
    expect(actsOn({ ...version('old'), kind: 'unknown' })).toEqual(['activate', 'rebuild', 'drop'])
  })

  it('is nothing for a reaction, which has no versions', () => {
    expect(actsOn({ ...version('active'), kind: 'reaction' })).toEqual([])
  })
})

describe('the consequences of an act', () => {
  it('name what readers see before and after a switch', () => {
    expect(consequencesOf('activate', version('building', 3), 2)[0]).toContain('version 3 instead of version 2')
  })

  it('say that a newer version becomes standby when going back', () => {
    expect(consequencesOf('activate', version('old', 1), 2).join(' ')).toContain('Version 2 becomes standby')
  })

  it('say that events stay when a version is dropped, and that its views go', () => {
    expect(consequencesOf('drop', version('old', 1), 2).join(' ')).toMatch(/views .* deleted. The events stay/)
  })

  it('warn before the version that readers see is rebuilt', () => {
    expect(consequencesOf('rebuild', version('active', 2), 2).join(' ')).toContain('Readers see this version')
  })
})
