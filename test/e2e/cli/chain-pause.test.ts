import { expect, test } from 'vitest'
import { workshop } from './run-cli.ts'

test('sealing is paused and resumed from the command line, and the status of the chain shows it', {
  timeout: 120_000,
}, async () => {
  await using shop = await workshop()
  await shop.run(['setup'])
  await shop.run(['chain', 'key', '--create', '--origin', 'acme'])
  const { paused } = await shop.json<{ paused: string }>(['chain', 'pause'])
  expect(await shop.json(['chain', 'pause'])).toEqual({ paused, already: true })
  expect((await shop.run(['chain', 'status'])).stdout).toContain(`PAUSED since ${paused}`)
  expect(await shop.json(['chain', 'resume'])).toEqual({ resumed: true, pausedSince: paused })
  expect(await shop.json(['chain', 'status'])).toMatchObject({ paused: null })
})
