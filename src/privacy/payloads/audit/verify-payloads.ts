import { limiter } from '../../../core/async/limiter.ts'
import { eventReference } from '../../../core/events/event-reference.ts'
import {
  APART,
  hasSealedShape,
  type PayloadReference,
  payloadReferencesOf,
} from '../../../core/events/sealing/sealed-data.ts'
import type { EventDocument } from '../../../core/port/event-document.ts'
import type { StoragePort } from '../../../core/port/storage.ts'
import { isIntact } from '../integrity.ts'
import type { PayloadRule } from '../payload-store.ts'
import { createRouting, type Routing } from '../routing.ts'

/** How payloads are verified. */
export type VerifyOptions = {
  /**
   * Whether the person of a key, `<key id>.<generation>`, was forgotten, so that the object should be gone. By default
   * none was.
   */
  readonly isForgotten?: (key: string) => Promise<boolean>
  /** Called for each payload that is not as it should be. */
  readonly onFault?: (fault: PayloadFault) => void
  /** Called after every page of events, and at the end. */
  readonly onProgress?: (report: VerifyReport) => void
  readonly signal?: AbortSignal
}

/** A payload that is not as it should be. */
export type PayloadFault = {
  /**
   * `lost`: the store does not have it. `tampered`: its size or its hash differs; or the event's references were
   * edited, and then `field` is `$apart`, and `rule` and `key` are empty. `unforgotten`: it is still there, although its
   * person was forgotten. `noRule`: no rule has the name in the reference.
   */
  readonly kind: 'lost' | 'tampered' | 'unforgotten' | 'noRule'
  /** `<stream>@<version>` */
  readonly event: string
  readonly field: string
  /** The name of the rule. */
  readonly rule: string
  readonly key: string
}

/** What was found in the log. */
export type VerifyReport = {
  readonly events: number
  /** Payloads that events refer to. */
  readonly payloads: number
  readonly intact: number
  /** Payloads that are gone, as they should be. */
  readonly forgotten: number
  readonly faults: number
}

const AT_ONCE = 16
const PAGE = 500

/**
 * Reads all references to payloads in the log, and compares each object with its reference.
 *
 * @throws PayloadStoreFailed; whatever reading the log throws; never for a fault, which is reported
 */
export async function verifyPayloads(
  { events }: Pick<StoragePort, 'events'>,
  rules: readonly PayloadRule[],
  { isForgotten = async () => false, onFault, onProgress, signal }: VerifyOptions = {},
): Promise<VerifyReport> {
  const report = { events: 0, payloads: 0, intact: 0, forgotten: 0, faults: 0 }
  const routing = createRouting(rules)
  const whenFree = limiter(AT_ONCE)
  let checks: Promise<void>[] = []
  const check = async (document: EventDocument, field: string, reference: PayloadReference) => {
    const event = eventReference(document.stream.id, document.stream.version)
    const outcome = await outcomeOf(routing, isForgotten, reference, { event, field })
    if (outcome === 'intact' || outcome === 'forgotten') return void report[outcome]++
    report.faults++
    onFault?.({ kind: outcome, event, field, rule: reference.in, key: reference.key })
  }
  const settle = async () => {
    await Promise.all(checks)
    checks = []
    onProgress?.({ ...report })
  }
  for await (const document of events.query(signal ? { signal } : {})) {
    report.events++
    if (!hasSealedShape(document.eventData)) {
      const event = eventReference(document.stream.id, document.stream.version)
      report.faults++
      onFault?.({ kind: 'tampered', event, field: APART, rule: '', key: '' })
      continue
    }
    for (const [field, reference] of Object.entries(payloadReferencesOf(document.eventData))) {
      report.payloads++
      checks.push(whenFree(() => check(document, field, reference)))
    }
    if (report.events % PAGE === 0) await settle()
  }
  await settle()
  return report
}

type Outcome = PayloadFault['kind'] | 'intact' | 'forgotten'

async function outcomeOf(
  routing: Routing,
  isForgotten: (key: string) => Promise<boolean>,
  reference: PayloadReference,
  where: { readonly event: string; readonly field: string },
): Promise<Outcome> {
  const { in: rule, key, k } = reference
  if (!routing.names.has(rule)) return 'noRule'
  const content = await routing.storeOf({ in: rule, ...where }).get(key)
  if (k !== undefined && (await isForgotten(k))) return content === undefined ? 'forgotten' : 'unforgotten'
  if (content === undefined) return 'lost'
  return isIntact(content, reference) ? 'intact' : 'tampered'
}
