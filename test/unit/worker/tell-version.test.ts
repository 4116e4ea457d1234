import { describe, expect, it } from 'vitest'
import { tellVersion } from '../../../src/worker/tell-version.ts'

describe('a notice about changed handlers', () => {
  const changed = { kind: 'handlersChanged', projection: 'revenue', version: 1, since: '2026-01-01T00:00:00Z' } as const

  it('names a complete command for the replay where views are parked', () => {
    expect(tellVersion({ ...changed, parked: true }, './projections')).toContain(
      '`tidemark parked replay revenue --all --projections ./projections`',
    )
  })

  it('names no replay where nothing is parked', () => {
    expect(tellVersion({ ...changed, parked: false }, './projections')).not.toContain('replay')
  })
})
