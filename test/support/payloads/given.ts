import { digestOf } from '../../../src/privacy/payloads/integrity.ts'
import { objectKey } from '../../../src/privacy/payloads/object-key.ts'
import type { PayloadTraits } from '../../../src/privacy/payloads/payload-store.ts'
import type { NewPayload, PayloadReference } from '../../../src/privacy/payloads/payloads.ts'

/** A payload as sealing would store it, with content that no other one has. */
export function givenPayload(
  owner: string,
  n: number,
  { size = 20, ...traits }: Partial<PayloadTraits> & { readonly size?: number } = {},
): NewPayload {
  const content = Buffer.alloc(size, `${owner} ${n} `)
  const key = objectKey(
    { owner, streamId: `member:${n}`, eventId: `event-${n}`, field: 'scan' },
    digestOf(content).sha256,
  )
  const usual = { category: 'member', type: 'MemberRegistered', field: 'scan', personal: true, bytes: size }
  return { key, content, traits: { ...usual, ...traits } }
}

/** The reference in the event of a payload that the rule of that name stored. */
export const referenceTo = ({ key, content }: NewPayload, rule = 'all'): PayloadReference => ({
  in: rule,
  key,
  ...digestOf(content),
  event: 'member:1@1',
  field: 'scan',
})
