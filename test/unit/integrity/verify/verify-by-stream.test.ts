import { expect, test } from 'vitest'
import { TOMBSTONE } from '../../../../src/core/port/event-document.ts'
import { embeddedDatabase } from '../../../support/tampering/databases/embedded.ts'
import { inShort, sealedLog } from '../../../support/tampering/sealed-log.ts'

test('stream by stream, a tombstone counts as sealed only as the last event of its stream', async () => {
  await using raw = embeddedDatabase()
  const log = await sealedLog(raw)
  await raw.remove(['meter:1', 2], ['meter:1', 3], ['meter:1', 4], ['meter:1', 5])
  await raw.append(['meter:1', 2], { eventType: TOMBSTONE, eventData: {}, metadata: {} })
  await raw.mark?.('meter:1', true)
  const { result, findings } = await log.verify({ by: 'stream' })
  expect(result).toBe('tampered')
  expect(findings.map(inShort)).toContain('leafDuplicate meter:1@2')
})
