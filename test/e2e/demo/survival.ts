import { expect } from 'vitest'
import { goneWithin, type RunningDemo, tryPrinted } from './running-demo.ts'

/**
 * Tries what a demo prints, kills all its processes right after a write, starts another one on the same storage, finds
 * everything there, and stops that one in order.
 *
 * @param start starts a demo, each time on the same storage
 */
export async function runsSurvivesAndStops(start: () => Promise<RunningDemo>): Promise<void> {
  const first = await start()
  const { answers, view } = await tryPrinted(first.demo)
  expect(answers.map(({ status }) => status)).toEqual([201, 200, 201])
  const { position = '', body } = answers.at(-1) ?? {}
  const { meterId } = body as { meterId: string }
  const totals = await read(view, { 'tidemark-position': position })
  expect(totals).toMatchObject([200, { meterId, days: { [new Date().toISOString().slice(0, 10)]: 0.875 } }])
  expect(await read(`${first.worker}/health`)).toEqual([200, { status: 'ok' }])
  expect(await read(`${first.api}/ready`)).toEqual([200, { status: 'ready' }])

  // A write just before the end, which no projection may have seen yet.
  const registration = { meterId: 'last', postalCode: '1', houseNumber: '1', activationCode: '1' }
  await fetch(`${first.api}/meters`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(registration),
  })
  first.demo.signalAll('SIGKILL')
  expect(await first.demo.ended).toBe('SIGKILL')
  await goneWithin(first.demo, 2_000)

  const second = await start()
  const again = view.replace(first.api, second.api)
  expect(await read(again, { 'tidemark-position': position })).toEqual(totals)
  expect(await read(`${second.api}/meters/${meterId}`)).toMatchObject([200, { status: 'active', version: 3 }])
  await expect
    .poll(async () => (await read(`${second.api}/meters?postalCode=1`))[1], { timeout: 10_000 })
    .toMatchObject({ items: [{ meterId: 'last', status: 'registered' }] })

  process.kill(second.demo.child.pid as number, 'SIGTERM')
  expect(await second.demo.ended).toBe(0)
  await goneWithin(second.demo, 1_000)
}

const read = async (url: string, headers: Record<string, string> = {}) => {
  const answer = await fetch(url, { headers })
  return [answer.status, await answer.json()]
}
