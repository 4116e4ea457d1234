import { join } from 'node:path'
import { afterEach, expect, it } from 'vitest'
import { workshop } from './demo-process.ts'

const shop = workshop()
afterEach(() => shop.clean())

const json = { 'content-type': 'application/json' }

it('reminds of a meter that is not activated, and ends its activation', { timeout: 60_000 }, async () => {
  const folder = await shop.folder()
  const demo = shop.start('src/demo/start.ts', ['--storage', `file:${join(folder, 'data')}`], {
    ACTIVATION_REMINDER_AFTER: '300',
    ACTIVATION_EXPIRES_AFTER: '300',
  })
  const [, api = ''] = await demo.find(/API {6}(\S+)/)
  const meter = { meterId: '1', postalCode: '1012 AB', houseNumber: '7', activationCode: 'x' }
  await fetch(`${api}/meters`, { method: 'POST', headers: json, body: JSON.stringify(meter) })
  const typesIn = async () => {
    const { items } = (await (await fetch(`${api}/meters/1/events`)).json()) as { items: { type: string }[] }
    return items.map(({ type }) => type)
  }
  const all = ['MeterRegistered', 'MeterActivationReminded', 'MeterActivationExpired']
  await expect.poll(typesIn, { timeout: 30_000 }).toEqual(all)
  const body = JSON.stringify({ activationCode: 'x' })
  const late = await fetch(`${api}/meters/1/activation`, { method: 'POST', headers: json, body })
  expect([late.status, ((await late.json()) as { code: string }).code]).toEqual([409, 'MeterActivationExpired'])
  demo.signalAll('SIGTERM')
  expect(await demo.ended).toBe(0)
})

it('refuses times that are none before anything runs', { timeout: 60_000 }, async () => {
  const folder = await shop.folder()
  const settings = { ACTIVATION_EXPIRES_AFTER: '14d' }
  const demo = shop.start('src/demo/start.ts', ['--storage', `file:${join(folder, 'data')}`], settings)
  expect(await demo.ended).toBe(1)
  expect(demo.output()).toContain('InvalidConfiguration: ACTIVATION_EXPIRES_AFTER')
})
