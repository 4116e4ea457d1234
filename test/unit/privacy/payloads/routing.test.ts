import { describe, expect, it } from 'vitest'
import { InvalidConfiguration } from '../../../../src/core/errors/input.ts'
import { createPayloads } from '../../../../src/privacy/payloads/create-payloads.ts'
import { givenPayload, referenceTo } from '../../../support/payloads/given.ts'
import { memoryPayloads } from '../../../support/payloads/memory-payloads.ts'

describe('the rules of payloads', () => {
  it('choose a store by the first one that matches, and their name goes into the reference', async () => {
    const [gdpr, large, rest] = [memoryPayloads('a'), memoryPayloads('b'), memoryPayloads('c')]
    const payloads = createPayloads({
      rules: [
        { name: 'gdpr', when: ({ personal }) => personal, store: gdpr },
        { name: 'large', when: ({ bytes, category }) => bytes > 100 && category === 'member', store: large },
        { name: 'rest', store: rest },
      ],
    })
    const puts = [
      givenPayload('p', 1, { size: 200, bytes: 200 }),
      givenPayload('member', 2, { personal: false, size: 200, bytes: 200 }),
      givenPayload('member', 3, { personal: false }),
    ]
    const places = await payloads.put(puts)
    expect(places.map(({ in: rule }) => rule)).toEqual(['gdpr', 'large', 'rest'])
    expect(places.map(({ key }) => key)).toEqual(puts.map(({ key }) => key))
    expect([gdpr, large, rest].map(({ objects }) => objects.size)).toEqual([1, 1, 1])
  })

  it('store nothing at all when one of the payloads has no rule', async () => {
    const store = memoryPayloads()
    const payloads = createPayloads({ rules: [{ name: 'gdpr', when: ({ personal }) => personal, store }] })
    const put = payloads.put([givenPayload('p', 1), givenPayload('member', 2, { personal: false })])
    await expect(put).rejects.toThrow(
      expect.objectContaining({
        code: 'PayloadRuleMissing',
        message: expect.stringContaining('scan of MemberRegistered in category member (not personal, 20 bytes)'),
      }),
    )
    expect(store.calls).toEqual([])
  })

  it('are named by what is wrong when an event refers to one that is not configured', async () => {
    const payloads = createPayloads({ rules: [{ name: 'new', store: memoryPayloads() }] })
    await expect(payloads.fetch([referenceTo(givenPayload('p', 1), 'old')])).rejects.toThrow(
      expect.objectContaining({
        code: 'PayloadRuleMissing',
        message: expect.stringMatching(/scan of event member:1@1 is in "old".*the rules are "new"/),
      }),
    )
  })

  it('have names, each its own', () => {
    const store = memoryPayloads()
    for (const names of [['a', 'a'], ['']]) {
      const rules = names.map((name) => ({ name, store }))
      expect(() => createPayloads({ rules })).toThrow(InvalidConfiguration)
    }
  })
})
