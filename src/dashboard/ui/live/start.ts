import { effect } from '@preact/signals'
import { apply } from './apply.ts'
import { now } from './freshness.ts'
import { type LiveMessage, MESSAGE_NAMES } from './receive.ts'
import { signedIn } from './session.ts'
import { wanted } from './wanted.ts'

/** Keeps what is on the screen up to date while somebody is signed in. */
export function startLive(): void {
  setInterval(() => {
    now.value = Date.now()
  }, 250)
  effect(() => {
    if (signedIn.value !== 'yes') return
    const source = new EventSource(`api/live?topics=${wanted.value.join()}`)
    for (const name of MESSAGE_NAMES) {
      source.addEventListener(name, (event: MessageEvent<string>) => {
        apply({ name, data: JSON.parse(event.data) } as LiveMessage)
      })
    }
    return () => source.close()
  })
}
