import { createQueue } from './queue.ts'

/** A participant in a simulation that can be stopped from it: a worker's process, a reader. */
export type Actor = {
  readonly name: string
  /** False once it crashed: what it waits for never happens. */
  alive: boolean
  /** Until when it pauses: earlier events reach it then. */
  pausedUntil: number
}

/**
 * Virtual time. It owns every wait, and lets one thing happen after the other, in the order of their times; equal times
 * are ordered at random.
 */
export type Scheduler = {
  /** Milliseconds since the simulation began. */
  readonly now: number
  /** The number of steps so far. */
  readonly steps: number
  /**
   * Schedules something.
   *
   * @param actor the participant that it happens to; absent: it happens in any case
   * @returns a function that cancels it
   */
  after(milliseconds: number, actor: Actor | undefined, happen: () => void): () => void
  /** How many events an actor waits for. */
  waiting(actor: Actor): number
  /** Proceeds until the time, or until nothing is left to happen. */
  runUntil(time: number): Promise<void>
}

/** Creates a scheduler. @param random decides between events at the same time */
export function createScheduler(random: () => number): Scheduler {
  const queue = createQueue<Item>((a, b) => a.due - b.due || a.tie - b.tie || a.number - b.number)
  let now = 0
  let steps = 0
  let number = 0

  function add(due: number, actor: Actor | undefined, happen: () => void): Item {
    const item = { due, tie: random(), number: ++number, actor, happen, over: false }
    queue.push(item)
    return item
  }

  function next(time: number): Item | undefined {
    for (;;) {
      const item = queue.peek()
      if (item === undefined || item.due > time) return undefined
      queue.pop()
      if (item.over || item.actor?.alive === false) continue
      if (item.actor === undefined || item.actor.pausedUntil <= item.due) return item
      // A process that was paused finds everything at once, in an unreliable order.
      item.due = item.actor.pausedUntil
      item.tie = random()
      queue.push(item)
    }
  }

  return {
    get now() {
      return now
    },
    get steps() {
      return steps
    },
    after(milliseconds, actor, happen) {
      const item = add(now + Math.max(0, milliseconds), actor, happen)
      return () => {
        item.over = true
      }
    },
    waiting: (actor) => queue.items().filter((item) => item.actor === actor && !item.over).length,
    async runUntil(time) {
      for (let item = next(time); item; item = next(time)) {
        now = item.due
        item.over = true
        steps++
        item.happen()
        await settle()
      }
      now = Math.max(now, time)
    },
  }
}

type Item = {
  due: number
  tie: number
  readonly number: number
  readonly actor: Actor | undefined
  readonly happen: () => void
  over: boolean
}

// Between two steps, all participants reach the point where they wait for the scheduler again. Promises alone settle
// within one turn of the event loop; code that itself waits for a turn, to batch requests, needs another.
const TURNS = 2

async function settle(): Promise<void> {
  for (let i = 0; i < TURNS; i++) await new Promise<void>((resolve) => setImmediate(resolve))
}
