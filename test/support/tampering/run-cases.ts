import { expect, it } from 'vitest'
import type { TamperingCases } from './cases/case.ts'
import type { RawDatabase } from './raw-database.ts'
import { inShort, sealedLog } from './sealed-log.ts'

const TIMEOUT = 60_000

/** Makes a test of each case that can be done in a database. */
export function runCases(
  cases: TamperingCases,
  open: () => RawDatabase | Promise<RawDatabase>,
  kind: RawDatabase['kind'],
) {
  for (const [name, { tamper, finds, result = 'tampered', on }] of Object.entries(cases)) {
    if (on !== undefined && !on.includes(kind)) continue
    it(`a verification finds that ${name}`, { timeout: TIMEOUT }, async () => {
      await using raw = await open()
      const log = await sealedLog(raw)
      expect(await log.verify()).toMatchObject({ result: 'clean', findings: [] })
      await tamper(log)
      const report = await log.verify()
      expect(report.findings.map(inShort)).toEqual(expect.arrayContaining([...finds(log)]))
      expect(report.result).toBe(result)
    })
  }
}
