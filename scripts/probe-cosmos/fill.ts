import type { Container } from '@azure/cosmos'
import type { Budget } from './budget.ts'
import { STREAMS } from './probe.ts'

const A_BATCH = 50

/** An event as the adapter stores it, of some 350 bytes. */
export function eventOf(streamId: string, version: number) {
  return {
    id: `${streamId}:${version}`,
    stream: { id: streamId, version },
    eventType: 'Measured',
    eventData: { value: version, unit: 'kWh', note: 'x'.repeat(60) },
    metadata: { eventId: `${streamId}-${version}`, recordedAt: new Date().toISOString() },
    appendId: `${streamId}-${Math.ceil(version / A_BATCH)}`,
  }
}

/** Fills the log: a short stream with a long one between its first events and its last. */
export async function fill(
  events: Container,
  size: number,
  budget: Budget,
  say: (line: string) => void,
): Promise<void> {
  const write = async (streamId: string, first: number, last: number) => {
    for (let from = first; from <= last; from += A_BATCH) {
      const versions = Array.from({ length: Math.min(A_BATCH, last - from + 1) }, (_, i) => from + i)
      const operations = versions.map((version) => ({
        operationType: 'Create' as const,
        resourceBody: eventOf(streamId, version),
      }))
      const { headers } = await events.items.batch(operations, streamId)
      budget.charge(headers)
      if ((from - 1) % 5000 === 0 && from > 1)
        say(`  ${from - 1} of ${last} events, ${Math.round(budget.spent)} RU so far`)
    }
  }
  await write(STREAMS.few, 1, 5)
  await write(STREAMS.many, 1, size)
  await write(STREAMS.few, 6, 6)
}
