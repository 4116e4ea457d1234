import { expect, it } from 'vitest'
import { waitUntilForgotten } from '../../../../src/cli/vault/wait-until-forgotten.ts'
import { passing, setting } from '../../privacy/support/vaults.ts'

it('waiting for a forgotten person ends when their marker is in the log', async () => {
  const { clock, log, open } = setting()
  const vault = await open({ keyCache: { ttl: 60_000 }, margin: 5000 })
  await vault.forget('m-1')
  const began = clock.now()
  expect(await passing(clock, waitUntilForgotten(vault, 'm-1', AbortSignal.timeout(60_000), clock))).toBe(true)
  expect(clock.now() - began).toBeGreaterThanOrEqual(65_000)
  const markers = await Array.fromAsync(log.events.query({ types: ['$forgotten'] }))
  expect(markers.map(({ eventData }) => eventData.person)).toEqual(['m-1'])
})

it('waiting for a person who was forgotten long ago ends at once', async () => {
  const { clock, open } = setting()
  const vault = await open()
  await vault.forget('m-1')
  clock.advance(120_000)
  await vault.finishDue()
  const began = clock.now()
  expect(await waitUntilForgotten(vault, 'm-1', AbortSignal.timeout(60_000), clock)).toBe(true)
  expect(clock.now()).toBe(began)
})

it('a wait that is stopped appends no marker before its time', async () => {
  const { clock, log, open } = setting()
  const vault = await open()
  await vault.forget('m-1')
  const stop = new AbortController()
  const waiting = waitUntilForgotten(vault, 'm-1', stop.signal, clock)
  stop.abort()
  expect(await waiting).toBe(false)
  expect(await Array.fromAsync(log.events.query({ types: ['$forgotten'] }))).toEqual([])
})
