import { globSync, readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { shared } from '../../vitest.settings.ts'

const CHANGES =
  /vi\.(mock|doMock|resetModules|stubEnv|stubGlobal|useFakeTimers)\(|process\.chdir\(|process\.env(\.\w+)? =[^=]/

test('files that share processes change neither modules nor what is global', () => {
  const files = globSync(shared.include, { exclude: shared.exclude })
  expect(files.length).toBeGreaterThan(300)
  expect(files.filter((file) => CHANGES.test(readFileSync(file, 'utf8')))).toEqual([])
})
