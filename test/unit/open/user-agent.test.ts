import { expect, it, onTestFinished } from 'vitest'
import { startCosmosEmulator } from '../../../src/cosmos-emulator/index.ts'
import { openStorage } from '../../../src/open/open-storage.ts'

it('an account is told by whom it is used', async () => {
  const agents = new Set<string | undefined>()
  const emulator = await startCosmosEmulator({
    faults: ({ headers }) => {
      agents.add(headers['user-agent'])
      return undefined
    },
  })
  onTestFinished(emulator.close)
  const { host } = new URL(emulator.endpoint)
  await using _ = await openStorage(`cosmos-emulator://${host}`)
  expect(agents.size).toBe(1)
  expect([...agents][0]).toMatch(/ tidemark/i)
})
