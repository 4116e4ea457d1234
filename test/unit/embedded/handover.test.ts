import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { following, LEAST, MOST_KEPT, orderOf, SLOTS } from '../../../src/adapters/embedded/writer/handover/channel.ts'
import { copyOf, Packer, unpack, viewsOf } from '../../../src/adapters/embedded/writer/handover/codec.ts'
import { Inbox } from '../../../src/adapters/embedded/writer/handover/inbox.ts'
import { Outbox } from '../../../src/adapters/embedded/writer/handover/outbox.ts'

type Note = readonly [text: string]

/** Both ends of a channel, in one thread. */
function channel() {
  const posted: SharedArrayBuffer[] = []
  const outbox = new Outbox((memory) => posted.push(memory))
  const inbox = new Inbox<Note, Note>(outbox.words, () => posted.shift() as SharedArrayBuffer)
  const notes = (...texts: string[]) => texts.map((text): Note => [text])
  return {
    outbox,
    posted,
    send: (texts: readonly string[], more = false) => outbox.send(notes(...texts), more),
    take: () => inbox.next(),
    answer: (...texts: string[]) => inbox.answer(notes(...texts)),
    answers: () => [...outbox.answers<Note>()].map((batch) => batch.map(([text]) => text)),
  }
}

describe('what is packed', () => {
  const { value } = fc.letrec((tie) => ({
    value: fc.oneof(
      { depthSize: 'small' },
      fc.double(),
      fc.string({ unit: 'binary', maxLength: 40 }),
      fc.boolean(),
      fc.constant(null),
      fc.array(tie('value'), { maxLength: 6 }),
      fc.record({ slot: fc.nat(), mark: fc.option(fc.string()) }),
    ),
  }))

  it('is the same when it is unpacked', () => {
    const packer = new Packer()
    fc.assert(
      fc.property(fc.array(value), (values) => {
        const buffer = viewsOf(new SharedArrayBuffer(packer.take(values) + 7))
        packer.write(buffer)
        expect(unpack(buffer)).toEqual(values)
      }),
    )
  })

  it('needs as many bytes as are told, so that nothing is cut off', () => {
    const packer = new Packer()
    fc.assert(
      fc.property(fc.array(fc.string({ unit: 'grapheme', maxLength: 400 }), { minLength: 1 }), (texts) => {
        const buffer = viewsOf(new SharedArrayBuffer(packer.take(texts)))
        packer.write(buffer)
        expect(unpack(buffer)).toEqual(texts)
        expect(texts.map(copyOf)).toEqual(texts)
      }),
    )
  })
})

describe('a channel', () => {
  it('gives several batches as one transaction, and each its own answers', () => {
    const { send, take, answer, answers } = channel()
    send(['a', 'b'], true)
    send(['c'])
    const source = take()
    expect(source?.items).toEqual([['a'], ['b'], ['c']])
    expect(source?.more()).toBe(false)
    expect(answers()).toEqual([])
    answer('A', 'B', 'C')
    expect(answers()).toEqual([['A', 'B'], ['C']])
    expect(answers()).toEqual([])
  })

  it('takes what is sent while a transaction is written only where that was announced', () => {
    const { outbox, send, take, answer, answers } = channel()
    send(['a'], true)
    const source = take()
    send(['b'], true)
    expect(source?.more()).toBe(true)
    outbox.announceEnd()
    expect(source?.items).toEqual([['a'], ['b']])
    expect(source?.more()).toBe(false)
    answer('A', 'B')
    send(['c'])
    expect(take()?.items).toEqual([['c']])
    answer('C')
    expect(answers()).toEqual([['A'], ['B'], ['C']])
  })

  it('waits no longer than a moment for what was announced and does not come', () => {
    const { send, take } = channel()
    send(['a'], true)
    const source = take()
    const begun = performance.now()
    expect(source?.more()).toBe(false)
    expect(performance.now() - begun).toBeGreaterThanOrEqual(0.9)
  })

  it('never has more under way than it has places, and uses each again', () => {
    const { outbox, posted, send, take, answer, answers } = channel()
    for (let round = 0; round < 3; round++) {
      const texts = Array.from({ length: SLOTS }, (_, i) => `${round}-${i}`)
      for (const text of texts) send([text])
      expect(outbox.hasRoom).toBe(false)
      take()
      answer(...texts)
      expect(answers()).toEqual(texts.map((text) => [text]))
    }
    expect(posted).toEqual([])
  })

  it('carries what is larger than its buffers, and keeps no large buffer', () => {
    const { outbox, send, take, answer, answers } = channel()
    for (const size of [10, LEAST * 2, MOST_KEPT * 2, 10, MOST_KEPT * 3]) {
      send(['ä'.repeat(size), 'x'])
      expect(take()?.items[0]).toEqual(['ä'.repeat(size)])
      answer('ok', 'ok')
      expect(answers()).toEqual([['ok', 'ok']])
    }
    expect(outbox.hasRoom).toBe(true)
  })

  it('counts batches on when a word is full', () => {
    const last = 2 ** 31 - 1
    expect(following(last)).toBe(new Int32Array([last + 1])[0])
    expect(orderOf(following(last)) - orderOf(0)).toBe((orderOf(last) - orderOf(0) + 1) % SLOTS)
  })

  it('ends after what was sent', () => {
    const { outbox, send, take, answer } = channel()
    send(['a'])
    outbox.stop()
    expect(take()?.items).toEqual([['a']])
    answer('A')
    expect(take()).toBeUndefined()
  })
})
