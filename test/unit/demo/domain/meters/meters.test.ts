import { expect, it } from 'vitest'
import { PeriodClosed } from '../../../../../src/core/errors/index.ts'
import { MeterAlreadyRegistered, ReadingsAlreadyCollected } from '../../../../../src/demo/domain/errors.ts'
import { openMeters } from '../../../../../src/demo/domain/meters/meters.ts'
import { openMemory } from '../../../../../src/testing/memory/index.ts'
import { clockAt, NOW, registration } from '../../support.ts'

/** Several processes on one storage. */
function processes(count: number) {
  const first = openMemory({ ranges: 4, clock: clockAt(NOW) })
  const handles = [first, ...Array.from({ length: count - 1 }, () => first.reopen())]
  return handles.map((storage) => openMeters(storage, { clock: clockAt(NOW) }))
}

const day = (date: string, value: number) => ({
  date,
  interval: 60 as const,
  readings: [{ timestamp: `${date}T00:00:00Z`, value }],
})

const outcomes = async (all: Promise<unknown>[]) => {
  const settled = await Promise.allSettled(all)
  return {
    done: settled.filter(({ status }) => status === 'fulfilled').length,
    errors: settled.flatMap((one) => (one.status === 'rejected' ? [one.reason] : [])),
  }
}

it('lets one of many who register an id at once have it, in whichever years they do', async () => {
  const all = processes(4)
  const years = [undefined, '2015-01-01', '2020-01-01', '2026-01-01']
  const { done, errors } = await outcomes(
    all.flatMap((meters) => years.map((registeredOn) => meters.register({ ...registration('m'), registeredOn }))),
  )
  expect(done).toBe(1)
  for (const error of errors) expect(error).toBeInstanceOf(MeterAlreadyRegistered)
})

it('takes one of several versions of a day that arrive at once', async () => {
  const all = processes(4)
  await all[0]?.register(registration('m'))
  await all[1]?.activate({ meterId: 'm', activationCode: '542-484' })
  const { done, errors } = await outcomes(
    all.map((meters, i) => meters.collect({ meterId: 'm', ...day('2026-11-20', i) })),
  )
  expect(done).toBe(1)
  for (const error of errors) expect(error).toBeInstanceOf(ReadingsAlreadyCollected)
})

it('closes the books of a year once when several processes send readings of the next', async () => {
  const all = processes(3)
  await all[0]?.register({ ...registration('m'), registeredOn: '2015-01-01' })
  await all[0]?.activate({ meterId: 'm', activationCode: '542-484' })
  const { errors } = await outcomes([
    ...all.map((meters, i) => meters.collect({ meterId: 'm', ...day(`2016-01-0${i + 1}`, i) })),
    ...all.map((meters, i) => meters.collect({ meterId: 'm', ...day(`2015-02-0${i + 1}`, i) })),
  ])
  for (const error of errors) expect(error).toBeInstanceOf(PeriodClosed)
  const found = await all[1]?.find('m')
  expect(found?.year).toBe('2016')
  expect(Object.keys(found?.state.collected ?? {}).sort()).toEqual(['2016-01-01', '2016-01-02', '2016-01-03'])
})
