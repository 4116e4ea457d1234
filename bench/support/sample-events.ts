import { z } from 'zod'
import { defineEvents } from '../../src/index.ts'

/** The data of a reading. */
export const reading = z.object({
  meterId: z.string(),
  date: z.string(),
  postalCode: z.string(),
  quality: z.string(),
  collectedBy: z.string(),
  kWh: z.number(),
  register: z.number(),
  remark: z.string(),
})

/** The events that the benchmarks append. With its metadata one takes about 350 bytes. */
export const readingEvents = defineEvents({ ReadingTaken: reading })

/** The same after a release that renamed a field: every stored event goes through an upcaster. */
export const renamedReadingEvents = defineEvents({
  ReadingTaken: {
    schema: reading.omit({ kWh: true }).extend({ consumption: z.number() }),
    version: 2,
    upcast: { 1: ({ kWh, ...data }: z.infer<typeof reading>) => ({ ...data, consumption: kWh }) },
  },
})

/** How many meters the events are about. */
export const METERS = 10_000

/** The meter of the nth event: any of 10,000, with no order in it (the end of MurmurHash3 scatters the numbers). */
export function meterOf(n: number): string {
  let hash = Math.imul(n ^ (n >>> 16), 0x85ebca6b)
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35)
  return String(87_000_000 + (((hash ^ (hash >>> 16)) >>> 0) % METERS))
}

/** An event's data. */
export type Reading = z.infer<typeof reading>

/** The data of the nth event; no two are alike, so that nothing can be remembered instead of done. */
export const readingData = (n: number): Reading => ({
  meterId: meterOf(n),
  date: `2026-${String((n % 12) + 1).padStart(2, '0')}-${String((n % 28) + 1).padStart(2, '0')}`,
  postalCode: '3511 AB',
  quality: n % 7 === 0 ? 'estimated' : 'measured',
  collectedBy: 'collector-utrecht-03',
  kWh: (n % 9_973) / 100,
  register: n,
  remark: 'read over the air at the second try; the signal is weak, so a new antenna was ordered',
})

/** The nth event, as `eventStore(…).append` takes it. */
export const readingEvent = (n: number) => ({ type: 'ReadingTaken' as const, data: readingData(n) })

/** As many events, made before the clock starts. */
export const sampleEvents = (count: number) => Array.from({ length: count }, (_, n) => readingEvent(n))
