import { join } from 'node:path'
import { expect, test } from 'vitest'
import { openEmbedded } from '../../../src/embedded.ts'
import { startProcessor } from '../../../src/processor/processor.ts'
import { timersConsumer } from '../../../src/timers/pending/timers-consumer.ts'
import { pendingTimers } from '../../../src/timers/pending-timers.ts'
import { scheduleTimer } from '../../../src/timers/schedule-timer.ts'
import { until } from '../../support/projecting/until.ts'
import { workshop } from './run-cli.ts'

test('timers are listed, counted and cancelled', { timeout: 60_000 }, async () => {
  await using shop = await workshop()
  const now = Date.now()
  const at = (key: string) => new Date(now + Number(key) * 3_600_000).toISOString()
  {
    await using storage = await openEmbedded(join(shop.folder, 'data'))
    for (const key of ['1', '2']) {
      const timer = { reaction: 'activation', timer: 'reminder', key, at: at(key), data: {} }
      await scheduleTimer(storage, timer, { eventId: key })
    }
    await using _ = await startProcessor(storage, [timersConsumer])
    await until('both are known', async () => (await pendingTimers(storage).status()).pending === 2)
  }
  const listed = (key: string) => ({ reaction: 'activation', timer: 'reminder', key, at: at(key), state: 'pending' })
  expect(await shop.json(['timers', 'list'])).toEqual([listed('1'), listed('2')])
  expect(await shop.json(['timers', 'list', '--limit', '1'])).toHaveLength(1)
  expect(await shop.json(['timers', 'list', '--reaction', 'other'])).toEqual([])
  expect(await shop.json(['timers', 'status'])).toEqual({ pending: 2, due: 0, overdue: 0, next: at('1') })
  const cancel = (key: string) => shop.run(['timers', 'cancel', 'activation', 'reminder', key])
  expect(await cancel('1')).toMatchObject({ code: 0, stdout: 'Cancelled reminder of activation for 1\n' })
  expect(await cancel('1')).toMatchObject({ code: 3, stdout: 'reminder of activation for 1 is not pending\n' })
  expect(await cancel('')).toMatchObject({ code: 2, stderr: expect.stringMatching(/^InvalidOption: /) })
  expect(await shop.run(['timers', 'list', '--limit', '0'])).toMatchObject({ code: 2 })
})
