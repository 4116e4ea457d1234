import { describe, expect, test } from 'vitest'
import { openDocuments } from '../../../../src/core/events/sealing/open-documents.ts'
import type { SealedMembers } from '../../../../src/core/events/sealing/sealed-data.ts'
import type { JsonObject } from '../../../../src/core/json/json.ts'
import { openViews } from '../../../../src/views/sealed-views.ts'
import { definitions } from '../support/people.ts'
import { sealed, sealedPart, setting } from '../support/vaults.ts'

// What a database may contain after somebody edited it: none of it may look like data, like erasure or like a bug.

type Edit = (part: SealedMembers) => unknown

const EDITS: readonly (readonly [string, Edit])[] = [
  ['a number', () => ({ $personal: 5 })],
  ['null', () => ({ $personal: null })],
  ['a text', () => ({ $personal: 'sealed' })],
  ['an empty list', () => ({ $personal: [] })],
  ['a list with null', () => ({ $personal: [null] })],
  ['a part without a text', (part) => ({ $personal: [{ ...part, c: 7 }] })],
  ['names that are not texts', (part) => ({ $personal: [{ ...part, f: [1, 2] }] })],
  ['no names', (part) => ({ $personal: [{ ...part, f: [] }] })],
  ['names in another order', (part) => ({ $personal: [{ ...part, f: part.f.toReversed() }] })],
  ['a reference that names no key', (part) => ({ $personal: [{ ...part, k: 'key' }] })],
  ['the same part twice', (part) => ({ $personal: [part, part] })],
  ['a member in clear beside the sealed one', () => ({ name: 'Eve' })],
  ['a part for the prototype', (part) => ({ $personal: [{ ...part, f: ['__proto__'] }] })],
  ['a member that is apart, too', () => ({ $apart: { name: { in: 'a', key: 'k', bytes: 1, sha256: '' } } })],
  ['references that are a text', () => ({ $apart: 'scan' })],
  ['references that are a list', () => ({ $apart: [{ in: 'a', key: 'k', bytes: 1, sha256: '' }] })],
  ['a reference that is null', () => ({ $apart: { scan: null } })],
  ['no references', () => ({ $apart: {} })],
]

const TAMPERED = { code: 'PersonalDataTampered', where: 'member:17@1' }

describe('an event that was edited', () => {
  const edited = async (edit: Edit) => {
    const vault = await setting().open()
    const event = await sealed(vault, 'm-17')
    const eventData = { ...event.eventData, ...(edit(sealedPart(event)) as JsonObject) }
    return { vault, events: [{ ...event, eventData }] }
  }

  test.each(EDITS)('so that what is sealed is %s: is refused as tampered with', async (_, edit) => {
    const { vault, events } = await edited(edit)
    await expect(openDocuments(events, definitions, { vault })).rejects.toMatchObject(TAMPERED)
  })

  test.each(EDITS.filter(([, edit]) => '$apart' in (edit({ k: '', f: [], c: '' }) as object)))(
    'so that there are %s: is refused by readers without personal data, too',
    async (_, edit) => {
      const { vault, events } = await edited(edit)
      await expect(openDocuments(events, definitions, { vault, personal: false })).rejects.toMatchObject(TAMPERED)
    },
  )

  test('is refused without a vault, too, and not as lacking one', async () => {
    const { events } = await edited(() => ({ $personal: 'sealed' }))
    await expect(openDocuments(events, definitions, {})).rejects.toMatchObject(TAMPERED)
  })
})

test.each(
  EDITS.filter(([name, edit]) => !name.includes('twice') && '$personal' in (edit({ k: '', f: [], c: '' }) as object)),
)('a view that was edited so that what is sealed is %s: is refused as tampered with', async (_, edit) => {
  const vault = await setting().open()
  const rule = { of: (view: JsonObject) => view.id as string, fields: { name: '', email: '' } }
  const ref = { projection: 'cards', version: 1, key: 'm-17' }
  const data = await vault.views.seal(ref, { id: 'm-17', name: 'Ada', email: 'a@example.org' }, rule)
  const view = { ...ref, data: { ...data, ...(edit(sealedPart({ eventData: data })) as JsonObject) } }
  const opened = openViews({ name: 'cards', personal: [rule] }, vault, [view])
  await expect(opened).rejects.toMatchObject({ code: 'PersonalDataTampered', where: 'cards:1:m-17' })
})
