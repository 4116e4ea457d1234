import { MessageChannel, Worker } from 'node:worker_threads'
import { FoldingEnded } from '../../core/errors/dashboard.ts'
import { preventStrippingCrash } from '../../core/type-stripping.ts'
import { failureOfCode } from '../payloads/fault.ts'
import type { Foldable } from '../server/folding.ts'
import { ThreadError, toFailure } from './failure.ts'
import type { Calling, FoldingData, FoldingMessage, ThreadData } from './messages.ts'

// The published build has its thread as .js beside this file, the sources as .ts.
const THREAD = new URL(import.meta.url.endsWith('.ts') ? './thread/thread.ts' : './thread/thread.js', import.meta.url)
preventStrippingCrash(import.meta.url)

/** One thread, from its start to its end. */
export type FoldingThread = {
  /** What it loaded. Rejects with what opening the storage or loading the code threw, or FoldingEnded. */
  readonly loaded: Promise<readonly Foldable[]>
  readonly isGone: () => boolean
  /** How many signs of life it gave. */
  readonly signs: () => number
  /** Has it do something. Only one call may be under way. @throws FoldingEnded, ThreadError */
  call(calling: Calling): Promise<unknown>
  /** Ends it, whatever it does; resolves when it has ended. */
  end(): Promise<void>
}

/**
 * Starts a thread. It keeps the process alive only while it works. What the user's code prints is dropped.
 *
 * @param megabytes code that needs more ends its thread, instead of the server
 */
export function startThread(data: FoldingData, megabytes: number): FoldingThread {
  // A channel of its own: modules that are written for threads post to the parent's port when they are loaded.
  const { port1: port, port2 } = new MessageChannel()
  const worker = new Worker(THREAD, {
    workerData: { ...data, port: port2 } satisfies ThreadData,
    transferList: [port2],
    name: 'tidemark folding',
    stdout: true,
    stderr: true,
    resourceLimits: { maxOldGenerationSizeMb: megabytes },
  })
  worker.stdout.resume()
  worker.stderr.resume()
  const loaded = Promise.withResolvers<readonly Foldable[]>()
  loaded.promise.catch(() => {})
  let isGone = false
  let signs = 0
  let reply = Promise.withResolvers<unknown>()
  reply.promise.catch(() => {})

  port.on('message', (message: FoldingMessage) => {
    signs++
    if ('loaded' in message) loaded.resolve(message.loaded)
    else if ('result' in message) reply.resolve(message.result)
    else if ('failure' in message) {
      loaded.reject(new ThreadError(message.failure))
      reply.reject(new ThreadError(message.failure))
    }
  })
  port.unref()
  worker.once('error', (cause) =>
    endWith(
      new FoldingEnded(`The folding thread failed: ${failureOfCode(toFailure(cause), data.payloads).message}`, {
        cause,
      }),
    ),
  )
  const exited = new Promise<void>((resolve) => {
    worker.once('exit', (code) => {
      endWith(new FoldingEnded(`Code in the folding thread ended it, with exit code ${code}`))
      resolve()
    })
  })

  function endWith(error: FoldingEnded): void {
    isGone = true
    loaded.reject(error)
    reply.reject(error)
  }

  return {
    loaded: loaded.promise.finally(() => worker.unref()),
    isGone: () => isGone,
    signs: () => signs,
    async call(calling) {
      reply = Promise.withResolvers()
      if (isGone) throw new FoldingEnded('The folding thread has ended')
      worker.ref()
      port.postMessage(calling)
      try {
        return await reply.promise
      } finally {
        worker.unref()
      }
    },
    async end() {
      endWith(new FoldingEnded('The folding thread was ended'))
      await worker.terminate()
      await exited
    },
  }
}
