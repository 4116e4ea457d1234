import { expect, test } from 'vitest'
import { workshop } from '../cli/run-cli.ts'

// No resolver asks for a name that is longer than names may be, so that this needs no network.
const NOBODY = `${'x'.repeat(64)}.example`

// What a user sees of a setting that cannot be: one line, at once.
const faults = [
  [['setup', '--storage', 'https://account.documents.azure.com'], {}, /--storage: must name a database/],
  [['setup', '--storage', `https://${NOBODY}/meters`], { COSMOS_KEY: 'a2V5' }, /no host is called x+\.example/],
  [['setup'], { TIDEMARK_STORAGE: 'https://127.0.0.1:1/meters', COSMOS_KEY: 'se cret' }, /COSMOS_KEY: is not base64/],
  [['setup', '--storage', `https://${NOBODY}/meters?region=2`], {}, /the parameter "region"/],
  [['setup', '--storage', 'cosmos-emulator://192.0.2.1:8081'], {}, /must be on this machine/],
  [
    ['streams', 'show', 'a:1', '--storage', 'cosmos-emulator://127.0.0.1:1'],
    {},
    /no emulator listens .+ start one with/,
  ],
  [['cosmos-emulator', '--port', '99999'], {}, /a port from 0 to 65535/],
] as const

test.each(faults)('%j is refused with 2', { timeout: 30_000 }, async (args, env, message) => {
  await using shop = await workshop()
  const ran = await shop.run(args, { COSMOS_KEY: '', ...env })
  expect(ran).toMatchObject({ code: 2, stdout: '' })
  expect(ran.stderr).toMatch(/^Invalid(Configuration|Usage): .+\n$/)
  expect(ran.stderr).toMatch(message)
  expect(ran.stderr).not.toContain('se cret')
})
