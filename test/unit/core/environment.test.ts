import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { environmentOf, openInEnvironment } from '../../../src/core/environment.ts'
import { EnvironmentMismatch } from '../../../src/core/errors/storage.ts'
import { openEmbedded } from '../../../src/embedded.ts'
import { openStorage } from '../../../src/open/open-storage.ts'
import { readOpeningSettings } from '../../../src/open/opening-settings.ts'
import { openMemory } from '../../../src/testing/memory/index.ts'

let folder: string
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'tidemark-environment-'))
})
afterAll(() => rm(folder, { recursive: true }))

describe('the environment of a log', () => {
  test('is the first that a storage was opened for, and another one is refused from then on', async () => {
    const path = join(folder, 'first')
    await using bare = await openEmbedded(path)
    expect(bare.environment).toBeUndefined()
    expect(await environmentOf(bare)).toBeNull()
    await using prod = await openEmbedded(path, { environment: 'prod' })
    expect(prod.environment).toBe('prod')
    expect(await environmentOf(prod)).toBe('prod')
    await using again = await openStorage(`file:${path}`, { environment: 'prod' })
    expect(again.environment).toBe('prod')
    for (const open of [
      () => openEmbedded(path, { environment: 'test' }),
      () => openStorage(`file:${path}`, { environment: 'test' }),
    ]) {
      await expect(open()).rejects.toMatchObject({ code: 'EnvironmentMismatch', stored: 'prod', given: 'test' })
    }
  })

  test('need not be given to read and append, but to exchange messages', async () => {
    const path = join(folder, 'second')
    await using prod = await openEmbedded(path, { environment: 'prod' })
    await using bare = await openEmbedded(path)
    await expect(environmentOf(bare)).rejects.toEqual(new EnvironmentMismatch('prod', null))
    expect((await bare.events.load('a:1')).version).toBe(0)
    expect(prod.environment).toBe('prod')
  })

  test('is one, even if several processes fix it at once', async () => {
    const path = join(folder, 'third')
    await (await openEmbedded(path)).close()
    const names = ['a', 'b', 'c', 'd']
    const opened = await Promise.allSettled(names.map((environment) => openEmbedded(path, { environment })))
    const open = opened.flatMap((one) => (one.status === 'fulfilled' ? [one.value] : []))
    expect(open).toHaveLength(1)
    await Promise.all(open.map((one) => one.close()))
  })

  test('is read once when the storage is opened, and not at all without one', async () => {
    const storage = openMemory()
    let reads = 0
    const get = (id: string) => {
      reads++
      return storage.leases.get(id)
    }
    const counting = { ...storage, leases: { ...storage.leases, get } }
    await openInEnvironment({}, async () => counting)
    expect(reads).toBe(0)
    await openInEnvironment({ environment: 'prod' }, async () => counting)
    expect(reads).toBe(1)
  })

  test('of another log closes what was opened', async () => {
    const storage = openMemory()
    await openInEnvironment({ environment: 'prod' }, async () => storage)
    await expect(openInEnvironment({ environment: 'test' }, async () => storage)).rejects.toThrow(EnvironmentMismatch)
    await expect(storage.ping()).rejects.toMatchObject({ code: 'StorageClosed' })
  })

  test.each(['', 'Prod', 'prod-', 'a b', 'a.b', 'a/b', '1', 'a'.repeat(41), 7])('cannot be %j', async (environment) => {
    let isOpened = false
    const open = async () => {
      isOpened = true
      return openMemory()
    }
    await expect(openInEnvironment({ environment: environment as string }, open)).rejects.toMatchObject({
      code: 'InvalidConfiguration',
      setting: 'environment',
    })
    expect(isOpened).toBe(false)
  })
})

test('TIDEMARK_ENVIRONMENT is read with the other settings for opening a storage', () => {
  expect(readOpeningSettings({ TIDEMARK_ENVIRONMENT: 'prod' }, 'mongodb://h/d', 'X')).toEqual({ environment: 'prod' })
  expect(readOpeningSettings({ TIDEMARK_ENVIRONMENT: '' }, 'mongodb://h/d', 'X')).toEqual({})
  expect(() => readOpeningSettings({ TIDEMARK_ENVIRONMENT: 'Prod' }, 'mongodb://h/d', 'X')).toThrow(
    /^TIDEMARK_ENVIRONMENT: "Prod" cannot be an environment/,
  )
})
