import { uuidV7 } from '../../../src/core/append/uuid.ts'
import type { EventDocument } from '../../../src/core/index.ts'
import { meterOf, readingData } from '../sample-events.ts'

/** Event documents of about 560 bytes as a storage returns them: nested data, and metadata with a salt. */
export const eventDocuments = (count: number): EventDocument[] =>
  Array.from({ length: count }, (_, n) => {
    const streamId = `meter:${meterOf(n)}:2026`
    const { postalCode, collectedBy, ...data } = readingData(n)
    // Parsed, because strings that were put together cost more to read.
    return JSON.parse(
      JSON.stringify({
        id: `${streamId}:${n + 1}`,
        stream: { id: streamId, version: n + 1 },
        eventType: 'ReadingTaken',
        eventData: {
          ...data,
          place: { postalCode, houseNumber: n % 300 },
          collected: { by: collectedBy, tries: [1, 2] },
        },
        metadata: {
          eventId: uuidV7(),
          recordedAt: new Date(1_767_225_600_000 + n).toISOString(),
          salt: Buffer.alloc(16, n).toString('base64url'),
        },
      }),
    ) as EventDocument
  })
