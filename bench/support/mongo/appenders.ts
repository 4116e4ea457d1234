import { seconds } from '../interleave.ts'
import { readingEvent } from '../sample-events.ts'
import { versionedStreams } from '../versioned-streams.ts'

/** Streams of one appender: with 64 appenders there are enough that a group seldom holds a stream twice. */
const STREAMS_EACH = 16

/** An event as `eventStore(…).append` takes it. */
export type ReadingEvent = ReturnType<typeof readingEvent>

/** Appends an event to a stream that is at the version which is expected. */
export type AppendOne = (stream: string, event: ReadingEvent, expected: number) => Promise<unknown>

/** Appenders, each with one append of one event under way at any time, into streams of its own. */
export type Appenders = {
  /** Appends so many events, and answers how many a second that was. */
  rate(count: number): Promise<number>
}

/**
 * @param prefix of the streams
 * @param count how many appenders
 */
export function appendersOf(prefix: string, count: number, append: AppendOne): Appenders {
  const appenders = Array.from({ length: count }, (_, i) => versionedStreams(`${prefix}${i}`, STREAMS_EACH))
  let made = 0
  return {
    async rate(total) {
      const events = Array.from({ length: total }, () => readingEvent(made++))
      let next = 0
      const time = await seconds(() =>
        Promise.all(
          appenders.map(async (streams) => {
            for (let event = events[next++]; event !== undefined; event = events[next++]) {
              const stream = streams.next()
              await append(stream.id, event, stream.version)
              stream.version++
            }
          }),
        ),
      )
      return total / time
    },
  }
}
