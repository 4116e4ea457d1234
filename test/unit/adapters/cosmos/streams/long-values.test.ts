import assert from 'node:assert/strict'
import { CosmosClient } from '@azure/cosmos'
import { onTestFinished, test } from 'vitest'
import { openCosmosPort } from '../../../../../src/adapters/cosmos/index.ts'
import { cosmosEmulator } from '../../../../../src/cosmos-emulator/index.ts'

test('values too long for a header are no order where pages end early, and a forged page token is none', async () => {
  const client = new CosmosClient(cosmosEmulator({ earlyPages: 1, seed: 1 }))
  onTestFinished(() => client.dispose())
  const { viewStore, close } = await openCosmosPort(client, { database: 'd', setup: true })
  onTestFinished(close)
  const ordered = (after?: string) =>
    viewStore.query({ projection: 'p', version: 1, orderBy: { field: 'v' }, ...(after && { after }) })
  const view = { projection: 'p', version: 1, id: '', incarnation: 'i', tidemarks: [] }
  const save = (key: string, v: string) => viewStore.save({ ...view, key, data: { v } }, 'ifAbsent')
  for (let i = 0; i < 8; i++) await save(`k${i}`, `${i}${'x'.repeat(5_000)}`)
  assert.equal((await ordered()).views.length, 8)
  for (let i = 0; i < 40; i++) await save(`l${i}`, `${i}${'y'.repeat(20_000)}`)
  const outcomes = new Set<unknown>()
  for (let i = 0; i < 30; i++) {
    const code = await ordered().then(
      () => 'answered',
      (error) => error.code,
    )
    outcomes.add(code)
  }
  assert.deepEqual([...outcomes].sort(), ['InvalidQuery', 'answered'])
  const forged = (...parts: unknown[]) => Buffer.from(JSON.stringify(parts)).toString('base64url')
  for (const after of [forged('ascending:v', 'x', 'k'.repeat(201)), 'A'.repeat(5_000_000), forged('v', 'x', 'k')])
    await assert.rejects(ordered(after), { code: 'InvalidQuery' })
})
