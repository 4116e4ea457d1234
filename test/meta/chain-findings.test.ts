import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'

const read = (path: string): string => readFileSync(new URL(`../../${path}`, import.meta.url), 'utf8')

function codesInType(): string[] {
  const [, union = ''] = /export type FindingCode =((?:\n {2}.*)+)/.exec(read('src/integrity/verify/report.ts')) ?? []
  return [...union.matchAll(/\| '(\w+)'/g)].map(([, code = '']) => code)
}

const rowsInDocs = () =>
  [...read('docs/reference/chain-findings.md').matchAll(/^\| `(\w+)` \| (\w+) \|/gm)].map(
    ([, code = '', severity = '']) => ({ code, severity }),
  )

test('each finding of a verification is in docs/reference/chain-findings.md, and each that is there exists', () => {
  expect(codesInType().length).toBeGreaterThan(30)
  expect(rowsInDocs().map(({ code }) => code)).toEqual(codesInType())
})

test('each finding is documented with the severity that it has by default', async () => {
  const { createFindings } = await import('../../src/integrity/verify/findings.ts')
  for (const { code, severity } of rowsInDocs()) {
    const findings = createFindings()
    findings.add(code as Parameters<typeof findings.add>[0], 'A finding')
    expect({ code, severity: findings.summary().findings[0]?.severity }).toEqual({ code, severity })
  }
})
