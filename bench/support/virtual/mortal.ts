import type { StoragePort } from '../../../src/core/port/storage.ts'
import type { Clock } from '../../../src/index.ts'

/** What a worker lives on, until its process is killed: then nothing answers it, and its timers do not come. */
export type Mortal = { readonly port: StoragePort; readonly clock: Clock; kill(): void }

/** Makes a storage and a clock for a worker that is to be killed. */
export function mortal(port: StoragePort, clock: Clock): Mortal {
  let isDead = false
  const never = new Promise<never>(() => {})

  function wrapped<T extends object>(target: T): T {
    return new Proxy(target, {
      get(object, name) {
        const member = Reflect.get(object, name)
        if (typeof member === 'object' && member !== null && name !== 'limits') return wrapped(member)
        if (typeof member !== 'function') return member
        return (...parameters: unknown[]) => {
          if (isDead) return never
          const answer = member.apply(object, parameters)
          return answer instanceof Promise ? answer.then((value) => (isDead ? never : value)) : answer
        }
      },
    })
  }

  return {
    port: wrapped(port),
    clock: {
      now: clock.now,
      sleep: (milliseconds, signal) => clock.sleep(milliseconds, signal).then(() => (isDead ? never : undefined)),
    },
    kill() {
      isDead = true
    },
  }
}
