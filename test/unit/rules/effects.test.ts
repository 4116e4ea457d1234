import { describe, expect, it } from 'vitest'
import { z } from 'zod'
import { deleteStream } from '../../../src/core/append/delete-stream.ts'
import { DestinationUnavailable } from '../../../src/core/errors/reaction.ts'
import { defineEvents } from '../../../src/core/events/define-events.ts'
import { eventStore } from '../../../src/core/events/event-store.ts'
import type { StoragePort } from '../../../src/core/port/storage.ts'
import { startProcessor } from '../../../src/processor/processor.ts'
import { call, defineRule, emit, on, setProperty, subjects } from '../../../src/rules/index.ts'
import { open } from '../timers/support.ts'
import { add, added, cart, running, user } from './support.ts'

const productAdded = on(cart, 'productAdded')
const last = setProperty(
  'last',
  ({ event }: { readonly event: { readonly data: { readonly product_id: string } } }) => event.data.product_id,
)

describe('an effect', () => {
  it('has the same key at each attempt, and waits while its destination is away', async () => {
    const seen: (readonly [number, string])[] = []
    let away = 3
    const rule = defineRule('a', productAdded, {
      subject: user,
      then: [last],
      effects: [
        call('mail', (_, { attempt, key }) => {
          seen.push([attempt, key])
          if (away-- > 0) throw new DestinationUnavailable('down')
          if (attempt === 1) throw new Error('broken')
        }),
      ],
    })
    const world = await running(rule)
    await using port = world.port
    await add(port, 'cart:1', added('456', 'tea'))
    await world.pass(600_000)
    expect(seen.map(([attempt]) => attempt)).toEqual([1, 1, 1, 1, 2])
    expect(new Set(seen.map(([, key]) => key)).size).toBe(1)
    await world.end()
  })

  it('runs for firings of its own rule only', async () => {
    const ran: string[] = []
    const rule = (name: string) => defineRule(name, productAdded, { subject: user, then: [last] })
    const effects = [call('mail', ({ rule: name }) => void ran.push(name))]
    const world = await running(defineRule('a', productAdded, { subject: user, then: [last], effects }), rule('b'))
    await using port = world.port
    await add(port, 'cart:1', added('456', 'tea'))
    await world.pass(5_000)
    expect(ran).toEqual(['a'])
    await world.end()
  })

  it('does not run if the stream of its event was deleted before', async () => {
    const ran: string[] = []
    let isAway = true
    const mail = call('mail', ({ subject }) => {
      if (isAway) throw new DestinationUnavailable('down')
      ran.push(subject)
    })
    const world = await running(defineRule('a', productAdded, { subject: user, then: [last], effects: [mail] }))
    await using port = world.port
    await add(port, 'cart:1', added('456', 'tea'))
    await add(port, 'cart:2', added('7', 'tea'))
    await world.pass(20_000)
    await deleteStream(port, 'cart:1')
    isAway = false
    await world.pass(200_000)
    expect(ran).toEqual(['user:7'])
    expect(new Set(world.failures.map(({ code }) => code))).toEqual(new Set(['DestinationUnavailable']))
    expect((await subjects(port).load('user:456')).properties).toEqual({ last: 'tea' })
    await world.end()
  })

  it('gets events with members that are stored apart', async () => {
    const scan = { schema: z.object({ user_id: z.string(), scan: z.string() }), apart: ['scan'] } as const
    const scans = defineEvents({ scanned: scan, kept: scan })
    const reference = { in: 'all', key: 'none/1', bytes: 3, sha256: 'a'.repeat(64) }
    const events = {
      seal: async (_: string, documents: readonly { readonly eventData: { readonly user_id: string } }[]) =>
        documents.map(({ eventData: { user_id }, ...document }) => ({
          ...document,
          eventData: { user_id, $apart: { scan: reference } },
        })),
      open: async (documents: readonly { readonly eventData: { readonly user_id: string } }[]) =>
        documents.map(({ eventData: { user_id } }) => ({ data: { user_id, scan: 'jpg' }, redacted: [], keys: [] })),
    }
    const world = open(1)
    await using _ = world.port
    const port: StoragePort = { ...world.theirs, vault: { events, finishForgetting: async () => {} } as never }
    const got: unknown[] = []
    const rule = defineRule('a', on(scans, 'scanned'), {
      subject: user,
      then: [
        setProperty('type', ({ event }) => event.data.scan),
        emit(scans, 'kept', ({ event }) => ({ user_id: event.data.user_id, scan: event.data.scan })),
      ],
      effects: [
        call(
          'mail',
          ({ event, emitted }) =>
            void got.push(
              event.data,
              emitted.map(({ data }) => data),
            ),
        ),
      ],
    })
    const errors: unknown[] = []
    const processor = await world.whileTimePasses(
      startProcessor(port, [rule], { clock: world.clock, onError: (error) => errors.push(error) }),
    )
    const scanned = scans.create('scanned', { user_id: '456', scan: 'jpg' })
    await world.whileTimePasses(eventStore(port, scans).append('scan:1', [scanned], { expectedVersion: 'any' }))
    await world.pass(10_000)
    const data = { user_id: '456', scan: 'jpg' }
    expect(got).toEqual([data, [data]])
    expect(errors).toEqual([])
    await world.whileTimePasses(processor.stop())
  })
})

describe('the effects of a rule of which a newer version runs elsewhere', () => {
  const world = () => {
    const opened = open(4)
    const ran: string[] = []
    const start = (version: number, effect: string) =>
      opened.whileTimePasses(
        startProcessor(
          opened.again(),
          [
            defineRule('a', productAdded, {
              version,
              subject: user,
              then: [last],
              effects: [call(effect, (fired) => void ran.push(`${effect} of ${version}, fired by ${fired.version}`))],
            }),
          ],
          { clock: opened.clock, workerId: `w${version}`, onError: () => {} },
        ),
      )
    return { ...opened, ran, start }
  }

  it.each(['mail', 'sms'])('are left to it: %s', async (effect) => {
    const { port, ran, start, pass, whileTimePasses } = world()
    await using _ = port
    const older = await start(1, 'mail')
    await pass(5_000)
    await add(port, 'cart:1', added('456', 'tea'))
    await pass(5_000)
    const newer = await start(2, effect)
    await pass(60_000)
    for (let i = 0; i < 8; i++) await add(port, `cart:${i}`, added(String(i), 'tea'))
    await pass(300_000)
    expect(ran).toEqual(['mail of 1, fired by 1', ...Array(8).fill(`${effect} of 2, fired by 2`)])
    for (const one of [older, newer]) await whileTimePasses(one.stop())
  })
})
