import { expect, it } from 'vitest'
import { cases, runCase } from './support/cases.ts'
import { SECOND } from './support/snapshots.ts'

it.each(cases)('$rule fires when $when, and is resolved', (one) => {
  const { bad, alert, good } = runCase(one)
  expect(bad).toEqual(one.fires.map(([at, text]) => [at, text.replace(' ', ` ${one.rule} `)]))
  expect(alert?.message).toBe(one.message)
  const eased = one.easesFirst ? [[SECOND, `AlertEased ${one.rule} warning`]] : []
  const severity = one.easesFirst ? 'warning' : alert?.severity
  expect(good).toEqual([...eased, [one.resolves ?? SECOND, `AlertResolved ${one.rule} ${severity}`]])
})
