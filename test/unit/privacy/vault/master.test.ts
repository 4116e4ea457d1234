import { existsSync, readFileSync } from 'node:fs'
import { chmod, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { createLocalMaster, localMaster } from '../../../../src/privacy/vault/master/local-master.ts'
import type { MasterKey } from '../../../../src/privacy/vault/master/master-key.ts'
import { opened, passing, type Setting, sealed, setting, testMaster } from '../support/vaults.ts'

const never = new AbortController().signal

describe('a master key in a file', () => {
  let folder: string
  let file: string
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'tidemark-master-'))
    file = join(folder, 'vault.key')
  })
  afterEach(() => rm(folder, { recursive: true }))

  test('it opens a vault again, in another process', async () => {
    const id = await createLocalMaster(file)
    const world = setting()
    const event = await sealed(await world.open({ master: await localMaster(file) }), 'm-17')
    const other = await world.open({ master: await localMaster(file) })
    expect(await opened(other, event)).toMatchObject({ redacted: [] })
    expect((await other.status()).epochs).toMatchObject([{ master: id }])
  })

  test('it is created for its owner alone, with a name and 32 random bytes', async () => {
    const id = await createLocalMaster(file)
    expect((await stat(file)).mode & 0o777).toBe(0o600)
    const [header, key] = (await readFile(file, 'utf8')).split('\n')
    expect(header).toBe(`tidemark-master-key/1 ${id}`)
    expect(Buffer.from(key ?? '', 'base64url')).toHaveLength(32)
    await createLocalMaster(join(folder, 'other.key'))
    expect(await readFile(join(folder, 'other.key'), 'utf8')).not.toContain(key)
  })

  test('it is never overwritten', async () => {
    await createLocalMaster(file)
    const before = await readFile(file, 'utf8')
    await expect(createLocalMaster(file)).rejects.toMatchObject({ code: 'InvalidConfiguration' })
    expect(await readFile(file, 'utf8')).toBe(before)
  })

  test('of many processes that create it at once, one does, and none ever finds a part of it', async () => {
    for (let round = 0; round < 20; round++) {
      const one = join(folder, `raced-${round}.key`)
      let isDone = false
      const reader = (async () => {
        while (!existsSync(one) && !isDone) await new Promise((resolve) => setImmediate(resolve))
        return readFileSync(one, 'utf8')
      })()
      const created = await Promise.allSettled(Array.from({ length: 8 }, () => createLocalMaster(one)))
      isDone = true
      const ids = created.flatMap((outcome) => (outcome.status === 'fulfilled' ? outcome.value : []))
      expect(ids).toHaveLength(1)
      expect(await reader).toMatch(new RegExp(`^tidemark-master-key/1 ${ids[0]}\\n[\\w-]{43}\\n$`))
    }
    expect((await readdir(folder)).filter((name) => !name.endsWith('.key'))).toEqual([])
  })

  test('one that others may read is refused', async () => {
    await createLocalMaster(file)
    for (const mode of [0o640, 0o604, 0o660, 0o644]) {
      await chmod(file, mode)
      await expect(localMaster(file)).rejects.toThrow('chmod 600')
    }
    await chmod(file, 0o400)
    await localMaster(file)
  })

  test('another file, or none, is InvalidConfiguration, and its content is in no message', async () => {
    await expect(localMaster(file)).rejects.toMatchObject({ code: 'InvalidConfiguration' })
    const key = 'A'.repeat(43)
    for (const text of ['', 'secret', `tidemark-master-key/2 local:${'a'.repeat(22)}\n${key}\n`, `${key}\n`]) {
      await writeFile(file, text, { mode: 0o600 })
      const failure = await localMaster(file).catch((error: Error) => error)
      expect(failure).toMatchObject({ code: 'InvalidConfiguration' })
      expect(String(failure)).not.toContain(key)
    }
  })

  test('it unwraps only what it wrapped itself, for the same purpose', async () => {
    await createLocalMaster(file)
    await createLocalMaster(join(folder, 'other.key'))
    const [one, two] = [await localMaster(file), await localMaster(join(folder, 'other.key'))]
    const wrapped = await one.wrap(Buffer.from('key'), { epoch: '1' }, never)
    expect(Buffer.from(await one.unwrap(wrapped, { epoch: '1' }, never)).toString()).toBe('key')
    const refused = { code: 'InvalidConfiguration' }
    await expect(one.unwrap(wrapped, { epoch: '2' }, never)).rejects.toMatchObject(refused)
    await expect(two.unwrap(wrapped, { epoch: '1' }, never)).rejects.toMatchObject(refused)
    await expect(one.unwrap(wrapped.subarray(1), { epoch: '1' }, never)).rejects.toMatchObject(refused)
  })
})

describe('a master key in a service', () => {
  let world: Setting
  beforeEach(() => {
    world = setting()
  })

  const faulty = (fault: (call: number) => Promise<void>): MasterKey & { readonly begun: string[] } => {
    const begun: string[] = []
    const call = async <T>(name: string, work: () => Promise<T>): Promise<T> => {
      begun.push(name)
      await fault(begun.length)
      return work()
    }
    return {
      id: world.master.id,
      begun,
      wrap: (...args) => call('wrap', () => world.master.wrap(...args)),
      unwrap: (...args) => call('unwrap', () => world.master.unwrap(...args)),
    }
  }

  test('it is called once for each epoch that a process opens, whatever is sealed and opened then', async () => {
    const vault = await world.open()
    expect(world.master.calls).toEqual({ wrap: 1, unwrap: 1 })
    for (let i = 0; i < 10; i++) await opened(vault, await sealed(vault, `m-${i}`))
    await world.open()
    expect(world.master.calls).toEqual({ wrap: 1, unwrap: 2 })
  })

  test('one that fails at times is called again', async () => {
    const master = faulty(async (call) => {
      if (call % 3 !== 0) throw new Error('503')
    })
    const vault = await passing(world.clock, world.open({ master }))
    expect(await opened(vault, await sealed(vault, 'm-17'))).toMatchObject({ redacted: [] })
    expect(master.begun).toEqual(['wrap', 'wrap', 'wrap', 'unwrap', 'unwrap', 'unwrap'])
  })

  test('one that fails is KeysUnavailable with its own error, and nothing is stored', async () => {
    const cause = new Error('down')
    const master = faulty(() => Promise.reject(cause))
    const opening = passing(world.clock, world.open({ master }))
    await expect(opening).rejects.toMatchObject({ code: 'KeysUnavailable', cause })
    expect(world.keys.state.views.size).toBe(0)
  })

  test('one that hangs is KeysUnavailable within its time limit, and its signal is aborted', async () => {
    let signal: AbortSignal | undefined
    const master: MasterKey = {
      ...world.master,
      wrap(_bytes, _context, given) {
        signal = given
        return new Promise(() => {})
      },
    }
    const before = world.clock.now()
    await expect(passing(world.clock, world.open({ master }))).rejects.toMatchObject({ code: 'KeysUnavailable' })
    expect(signal?.aborted).toBe(true)
    expect(world.clock.now() - before).toBeLessThan(60_000)
  })

  test('an answer after the time limit is ignored', async () => {
    let late = 0
    const master = faulty(async (call) => {
      if (call !== 1) return
      await world.clock.sleep(15_000)
      late++
    })
    const vault = await passing(world.clock, world.open({ master }))
    world.clock.advance(20_000)
    await new Promise((resolve) => setImmediate(resolve))
    expect(late).toBe(1)
    expect(await opened(await world.open(), await sealed(vault, 'm-17'))).toMatchObject({ redacted: [] })
  })

  test('the wrong master key is InvalidConfiguration at once, and so is one that was not given', async () => {
    await world.open()
    const wrong = testMaster(world.master.id)
    await expect(world.open({ master: wrong })).rejects.toMatchObject({ code: 'InvalidConfiguration' })
    expect(wrong.calls.unwrap).toBe(1)
    await expect(world.open({ master: testMaster('test:2') })).rejects.toThrow('test:1')
    await world.open({ master: [testMaster('test:2'), world.master] })
  })

  test('one that does not bind the context, such as RSA, cannot be given the key of another vault or epoch', async () => {
    const unbound = { ...world.master }
    unbound.wrap = (bytes, _context, signal) => world.master.wrap(bytes, {}, signal)
    unbound.unwrap = (bytes, _context, signal) => world.master.unwrap(bytes, {}, signal)
    await world.open({ master: unbound })
    const root = world.keys.state.views.get('$keys:1:$root') as { json: string; etag: string }
    const document = JSON.parse(root.json)
    const { epochs, index } = document.data
    const moved = { ...document.data, current: 2, epochs: { 2: epochs[1] }, index: { ...index, epoch: 2 } }
    world.keys.state.views.set('$keys:1:$root', { ...root, json: JSON.stringify({ ...document, data: moved }) })
    await expect(world.open({ master: unbound })).rejects.toThrow('another vault or epoch')
  })

  test('several processes that open a new vault at once open the same one', async () => {
    const vaults = await Promise.all(Array.from({ length: 8 }, () => world.open()))
    const events = await Promise.all(vaults.map((vault, i) => sealed(vault, `m-${i % 2}`, 'Ada', `event ${i}`)))
    const reader = await world.open()
    for (const event of events) expect(await opened(reader, event)).toMatchObject({ redacted: [] })
  })
})

test('options that cannot be are InvalidOption', async () => {
  const world = setting()
  for (const options of [
    { keyCache: { max: 0 } },
    { keyCache: { ttl: -1 } },
    { keyCache: { ttl: Number.NaN } },
    { keyCache: { ttl: 3_600_001 } },
    { margin: -1 },
    { master: [] },
  ]) {
    await expect(world.open(options)).rejects.toMatchObject({ code: 'InvalidOption' })
  }
})
