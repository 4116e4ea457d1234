import { describe, expect, it } from 'vitest'
import { z } from 'zod'
import { PersonForgotten } from '../../../src/core/errors/privacy.ts'
import { defineEvents } from '../../../src/core/events/define-events.ts'
import { eventStore } from '../../../src/core/events/event-store.ts'
import type { StoragePort } from '../../../src/core/port/storage.ts'
import type { RuleEvent } from '../../../src/rules/definition/rule.ts'
import { createFire } from '../../../src/rules/firing/fire.ts'
import { defineRule, emit, on, type Rule, setProperty, subjects } from '../../../src/rules/index.ts'
import { openMemory } from '../../../src/testing/memory/index.ts'
import { add, added, cart, user, writtenTo } from './support.ts'

const productAdded = on(cart, 'productAdded')
const { signal } = new AbortController()

/** The same storage as another process has it: with nothing remembered. */
const another = <S extends object>(port: S): S => ({ ...port })

async function eventsIn(port: StoragePort, streamId: string): Promise<readonly RuleEvent[]> {
  const events: unknown[] = []
  for await (const event of eventStore(port, cart).read(streamId)) events.push(event)
  return events as RuleEvent[]
}

/** What becomes of an event: `done`, or the error. */
const fire = (port: StoragePort, rule: Rule, event: RuleEvent | undefined) =>
  createFire(port, rule)(event as RuleEvent, { signal }).then(
    () => 'done',
    (error: Error & { readonly code: string }) => `${error.code}: ${error.message}`,
  )

describe('a firing that is too large for an append', () => {
  const grow = defineRule('grow', productAdded, {
    subject: user,
    then: [setProperty('text', ({ subject }) => `${subject.properties.text ?? ''}${'x'.repeat(600_000)}`)],
  })

  it('is no failure if it was written before, or is too large only for what is remembered', async () => {
    await using port = openMemory({ ranges: 1 })
    await add(port, 'cart:1', added('456', 'a'), added('456', 'b'), added('456', 'c'))
    const [first, second, third] = await eventsIn(port, 'cart:1')
    for (const event of [first, second]) expect(await fire(port, grow, event)).toBe('done')
    expect(await fire(another(port), grow, second)).toBe('done')
    const clear = defineRule('clear', productAdded, { subject: user, then: [setProperty('text', () => '')] })
    expect(await fire(another(port), clear, third)).toBe('done')
    expect(await fire(port, grow, third)).toBe('done')
    expect(String((await subjects(port).load('user:456')).properties.text)).toHaveLength(600_000)
  })

  it('is a failure of the rule otherwise, which says how large it is', async () => {
    await using port = openMemory({ ranges: 1 })
    await add(port, 'cart:1', added('456', 'a'), added('456', 'b'), added('456', 'c'))
    const outcomes: string[] = []
    for (const event of await eventsIn(port, 'cart:1')) outcomes.push(await fire(port, grow, event))
    expect(outcomes).toEqual([
      'done',
      'done',
      expect.stringMatching(/^RuleFailed: Rule grow: a firing needs \d{7} bytes/),
    ])
  })
})

describe('a rule that emits personal data of somebody who was forgotten', () => {
  const letters = defineEvents({
    mailed: {
      schema: z.object({ to: z.string(), text: z.string() }),
      personal: { of: (data) => data.to, fields: { text: '' } },
    },
  })

  it('writes nothing more about them, and goes on', async () => {
    await using log = openMemory({ ranges: 1 })
    let isForgotten = false
    const events = {
      async seal(_: string, documents: readonly object[]) {
        if (isForgotten) throw new PersonForgotten('456')
        const sealed = { $personal: [{ k: 'k.1', f: ['text'], c: 'AAAA' }] }
        return documents.map((document) => ({ ...document, eventData: { to: '456', ...sealed } }))
      },
    }
    const port = { ...log, vault: { events } as never }
    const welcome = defineRule('welcome', productAdded, {
      subject: user,
      then: [emit(letters, 'mailed', ({ event }) => ({ to: event.data.user_id, text: 'Welcome' }))],
    })
    await add(log, 'cart:1', added('456', 'a'), added('456', 'b'))
    const [first, second] = await eventsIn(log, 'cart:1')
    expect(await fire(port, welcome, first)).toBe('done')
    isForgotten = true
    expect(await fire(another(port), welcome, first)).toBe('done')
    expect(await fire(port, welcome, second)).toBe('done')
    expect((await writtenTo(log, 'user:456')).map(([type]) => type)).toEqual(['mailed', '$ruleFired'])
  })
})
