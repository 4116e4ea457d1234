import { join } from 'node:path'
import { afterEach, expect, it } from 'vitest'
import { readEvents } from '../../support/http/read-events.ts'
import { until } from '../../support/projecting/until.ts'
import { workshop } from './demo-process.ts'
import { demoOn } from './running-demo.ts'

const shop = workshop()
afterEach(() => shop.clean())

it('streams what a worker projects in another process, and ends its streams on SIGTERM', {
  timeout: 60_000,
}, async () => {
  const { demo, api } = await demoOn(shop, `file:${join(await shop.folder(), 'data')}`)
  const post = (path: string, body: unknown) =>
    fetch(`${api}${path}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(body),
    })
  await post('/meters', { meterId: 'm', postalCode: '1012 AB', houseNumber: '7', activationCode: '542-484' })
  const streams = await Promise.all([1, 2, 3].map(() => readEvents(`${api}/meters/m/changes`)))
  const [stream] = streams as [(typeof streams)[number]]
  const statuses = () => stream.events.map(({ data }) => (data as { meter: { status: string } | null }).meter?.status)
  await until('the registration is there', () => statuses().at(-1) === 'registered')
  await post('/meters/m/activation', { activationCode: '542-484' })
  await until('the activation is there', () => statuses().at(-1) === 'active')

  const told = performance.now()
  demo.signalAll('SIGTERM')
  await Promise.all(streams.map(({ ended }) => ended))
  expect(await demo.ended).toBe(0)
  // A process that does not stop by itself is ended after ten seconds.
  expect(performance.now() - told).toBeLessThan(8_000)
  expect(streams.every(({ isComplete }) => isComplete())).toBe(true)
})
