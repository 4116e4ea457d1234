import { effect } from '@preact/signals'
import { now, SILENT_AFTER } from '../freshness.ts'
import { signedIn } from '../session.ts'
import { fetchSnapshots, startApplying } from './apply.ts'
import { joinAlone } from './lone-tab.ts'
import { joinTabs } from './tabs.ts'
import { wanted } from './wanted.ts'

const TICK = 200
const POLL_EVERY = 10_000

/** Keeps what is on the screen up to date while a person is signed in: by the stream, and by asking while that is silent. */
export function startLive(): void {
  setInterval(tick, TICK)
  startApplying()
  document.addEventListener('visibilitychange', tick)
  effect(() => (signedIn.value === 'yes' ? follow() : undefined))
}

function tick(): void {
  if (!document.hidden) now.value = Date.now()
}

function follow(): () => void {
  let relayedAt = Date.now()
  const relayed = () => {
    relayedAt = Date.now()
  }
  const tab = 'locks' in navigator ? joinTabs(relayed) : joinAlone(relayed)
  const poll = async () => {
    if (document.hidden || Date.now() - relayedAt < SILENT_AFTER) return
    await fetchSnapshots(wanted.peek())
    tab.takeOver()
  }
  const timer = setInterval(() => poll().catch(() => {}), POLL_EVERY)
  return () => {
    clearInterval(timer)
    tab.leave()
  }
}
