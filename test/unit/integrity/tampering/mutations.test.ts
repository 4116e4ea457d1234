import { afterEach, describe, expect, it, vi } from 'vitest'
import { type LeftOut, mutations } from './mutations.ts'

type Modules = {
  readonly cases: typeof import('../../../support/tampering/all-cases.ts')
  readonly log: typeof import('../../../support/tampering/sealed-log.ts')
  readonly databases: typeof import('../../../support/tampering/databases/embedded.ts')
}

/** The modules of the suite, over sources in which a check is left out. */
async function without({ replace: { module, by } }: LeftOut): Promise<Modules> {
  vi.resetModules()
  vi.doMock(`../../../../src/${module}`, async (importOriginal) => {
    const original = await importOriginal<Record<string, unknown>>()
    return { ...original, ...(typeof by === 'function' ? by(original as never) : by) }
  })
  return {
    cases: await import('../../../support/tampering/all-cases.ts'),
    log: await import('../../../support/tampering/sealed-log.ts'),
    databases: await import('../../../support/tampering/databases/embedded.ts'),
  }
}

describe('a verification would miss what it finds with', () => {
  afterEach(() => {
    for (const { replace } of Object.values(mutations)) vi.doUnmock(`../../../../src/${replace.module}`)
    vi.resetModules()
  })

  it.each(Object.entries<LeftOut>(mutations))('%s', { timeout: 120_000 }, async (_, mutation) => {
    const { cases, log, databases } = await without(mutation)
    const found: Record<string, readonly string[]> = {}
    for (const name of mutation.misses) {
      await using raw = databases.embeddedDatabase()
      const sealed = await log.sealedLog(raw)
      const { tamper, finds } = cases.allCases[name] as (typeof cases.allCases)[string]
      await tamper(sealed)
      const report = await sealed.verify()
      const expected = finds(sealed)
      found[name] = report.findings.flatMap((finding) => {
        const short = log.inShort(finding)
        return finding.severity === 'tampered' || expected.includes(short) ? [short] : []
      })
    }
    expect(found).toEqual(Object.fromEntries(mutation.misses.map((name) => [name, []])))
  })
})
