import { inspect } from 'node:util'
import { describe, expect, test } from 'vitest'
import { z } from 'zod'
import { decodeEvents, encodeEvents } from '../../../../src/core/events/codec.ts'
import { defineEvents } from '../../../../src/core/events/define-events.ts'
import { eventStore } from '../../../../src/core/events/event-store.ts'
import type { EventDocument } from '../../../../src/core/port/event-document.ts'
import { openMemory } from '../../../../src/testing/memory/index.ts'

const schema = z.object({
  memberId: z.string().nullable(),
  plan: z.string(),
  name: z.string(),
  age: z.number().nullable(),
})
const personal = {
  of: (data: { memberId: string | null }) => data.memberId,
  fields: { name: '(forgotten)', age: null },
}
const members = defineEvents({ Joined: { schema, personal }, Left: z.object({}) })

const stored = (eventData: EventDocument['eventData'], schemaVersion?: number): EventDocument => ({
  id: 'member:1:1',
  stream: { id: 'member:1', version: 1 },
  eventType: 'Joined',
  eventData,
  metadata: { eventId: 'e', recordedAt: '2026-01-01T00:00:00.000Z', ...(schemaVersion && { schemaVersion }) },
})
const SEALED = { memberId: 'm', plan: 'basic', $personal: [{ k: 'key.1', f: ['age', 'name'], c: 'AAAA' }] }

describe('a definition with personal members', () => {
  test.each([
    ['a member that the schema does not have', { nam: '' }],
    ['a member of a member', { 'name.first': '' }],
    ['a reserved member', { $personal: '' }],
    ['the name of the prototype', { ['__proto__']: '' }],
    ['a stand-in of another type', { age: 'unknown' }],
    ['a stand-in that is not JSON', { name: undefined }],
  ])('is refused for %s', (_, fields) => {
    const definition = { Joined: { schema, personal: { of: () => 'm', fields } } }
    expect(() => defineEvents(definition as never)).toThrow(expect.objectContaining({ code: 'InvalidDefinition' }))
  })

  test('is refused for a member of two people, and for a rule without a function', () => {
    const twice = [personal, { of: () => 'n', fields: { name: '' } }]
    expect(() => defineEvents({ Joined: { schema, personal: twice } } as never)).toThrow('the data of two people')
    expect(() => defineEvents({ Joined: { schema, personal: { fields: { name: '' } } } } as never)).toThrow(
      'function `of`',
    )
  })

  test('is refused for members apart that the schema does not have', () => {
    expect(() => defineEvents({ Joined: { schema, apart: ['scan'] } } as never)).toThrow('scan is not a member')
  })
})

describe('without a vault', () => {
  test('personal data cannot be appended, and nothing is written', async () => {
    const storage = openMemory()
    const data = { memberId: 'm', plan: 'basic', name: 'Ann', age: 7 }
    const appended = eventStore(storage, members).append('member:1', [{ type: 'Joined', data }], {
      expectedVersion: 'any',
    })
    await expect(appended).rejects.toMatchObject({ code: 'VaultRequired', eventType: 'Joined', field: 'name' })
    expect(await storage.events.load('member:1')).toMatchObject({ version: 0 })
  })

  test('data of nobody is appended in clear', async () => {
    const storage = openMemory()
    const data = { memberId: null, plan: 'basic', name: 'Ann', age: 7 }
    await eventStore(storage, members).append('member:1', [{ type: 'Joined', data }], { expectedVersion: 'any' })
    expect((await storage.events.load('member:1')).events[0]?.eventData).toEqual(data)
  })

  test('data is refused of which the definition cannot tell whose it is', async () => {
    const of = () => {
      throw new Error('broken')
    }
    const broken = defineEvents({ Joined: { schema, personal: { ...personal, of } } })
    const data = { memberId: null, plan: 'basic', name: 'Ann', age: 7 }
    const appended = eventStore(openMemory(), broken).append('member:1', [{ type: 'Joined', data }], {
      expectedVersion: 'any',
    })
    await expect(appended).rejects.toMatchObject({ code: 'VaultRequired' })
  })

  test('sealed data cannot be read, but can be left out', async () => {
    await expect(decodeEvents(members, [stored(SEALED)])).rejects.toMatchObject({ code: 'VaultRequired', field: 'age' })
    const [event] = await decodeEvents(members, [stored(SEALED)], { personal: false })
    expect(event?.data).toEqual({ memberId: 'm', plan: 'basic' })
    expect(event).not.toHaveProperty('redacted')
  })
})

describe('a reader without personal members', () => {
  test('does not get them either where they are about nobody and in clear', async () => {
    const clear = { memberId: null, plan: 'basic', name: 'Nobody', age: null }
    const [event] = await decodeEvents(members, [stored(clear)], { personal: false })
    expect(event?.data).toEqual({ memberId: null, plan: 'basic' })
  })

  test('has upcasters see stand-ins in place of them', async () => {
    const seen: unknown[] = []
    const renamed = defineEvents({
      Joined: {
        schema: z.object({ memberId: z.string(), fullName: z.string(), plan: z.string() }),
        version: 2,
        upcast: {
          1: ({ name, ...data }) => {
            seen.push(name)
            return { ...data, fullName: name.toUpperCase() }
          },
        },
        personal: { of: (data) => data.memberId, fields: { fullName: '?', name: 'gone' } },
      },
    })
    const document = stored({ memberId: 'm', plan: 'basic', $personal: [{ k: 'key.1', f: ['name'], c: 'AAAA' }] })
    const [event] = await decodeEvents(renamed, [document], { personal: false })
    expect(seen).toEqual(['gone'])
    expect(event?.data).toEqual({ memberId: 'm', plan: 'basic' })
  })
})

test.each(['$personal', '$apart'])('a schema may not give %s', async (member) => {
  const open = defineEvents({ Open: z.record(z.string(), z.json()) })
  const encoded = encodeEvents(open, [{ type: 'Open', data: { [member]: [] } }])
  await expect(encoded).rejects.toMatchObject({ code: 'InvalidEventData', issues: [{ path: member }] })
})

describe('an issue that a schema finds', () => {
  // Like those of valibot and arktype, its messages quote what they refuse.
  const quoting = (path: readonly PropertyKey[] | undefined) => ({
    '~standard': {
      version: 1 as const,
      vendor: 'test',
      validate: (value: unknown) => ({ issues: [{ message: `was ${JSON.stringify(value)}`, ...(path && { path }) }] }),
    },
  })
  const refused = (path: readonly PropertyKey[] | undefined) => {
    const set = defineEvents({ Joined: { schema: quoting(path) as unknown as typeof schema, personal } })
    const data = { memberId: 'm', plan: 'basic', name: 'Needle', age: 7 }
    return encodeEvents(set, [{ type: 'Joined', data }]).catch((error: unknown) => error)
  }

  test.each([
    ['a personal member', ['name']],
    ['something in a personal member, whose own names may be personal', ['name', 'Needle@example.org']],
    ['the data as a whole', undefined],
    ['the data as a whole, by an empty path', []],
  ])('does not quote %s', async (_, path) => {
    const error = await refused(path)
    expect(error).toMatchObject({ code: 'InvalidEventData', issues: [{ path: path?.[0] ?? '' }] })
    expect(inspect(error, { depth: null })).not.toContain('Needle')
  })

  test.each([
    [
      'throws',
      (value: unknown): never => {
        throw new RangeError(`was ${JSON.stringify(value)}`)
      },
    ],
    ['rejects', (value: unknown) => Promise.reject(new RangeError(`was ${JSON.stringify(value)}`))],
  ])('is not quoted either where the schema %s', async (_, validate) => {
    const throwing = { '~standard': { version: 1, vendor: 'test', validate } } as unknown as typeof schema
    const data = { memberId: 'm', plan: 'basic', name: 'Needle', age: 7 }
    const encoded = (set: typeof members) =>
      encodeEvents(set, [{ type: 'Joined', data }]).catch((error: unknown) => error)
    const error = await encoded(defineEvents({ Joined: { schema: throwing, personal }, Left: z.object({}) }))
    expect(error).toMatchObject({ name: 'RangeError' })
    expect(inspect(error, { depth: null })).not.toContain('Needle')
    const plain = defineEvents({ Joined: throwing, Left: z.object({}) }) as unknown as typeof members
    expect(await encoded(plain)).toMatchObject({ message: expect.stringContaining('Needle') })
  })

  test('is quoted where it is about another member', async () => {
    expect(await refused(['plan', 'code'])).toMatchObject({
      issues: [{ path: 'plan.code', message: expect.stringMatching('was') }],
    })
  })
})
