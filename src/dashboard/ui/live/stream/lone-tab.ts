import { forgetAllBut } from '../topics.ts'
import { apply } from './apply.ts'
import { lead } from './leader.ts'
import type { Tab } from './tabs.ts'
import { onWanted, wanted } from './wanted.ts'

/**
 * A tab of a browser that has no locks for this page, as over plain HTTP from another host. It holds a stream of its own
 * while it is visible: hidden ones would use up the connections that the browser has for this server.
 */
export function joinAlone(relayed: () => void): Tab {
  const self = 'this'
  const leader = lead(
    (message) => {
      relayed()
      apply(message)
    },
    (sent) => forgetAllBut(sent),
  )
  const say = () => leader.wants(self, document.hidden ? [] : wanted.peek())
  const unwatch = onWanted(say)
  document.addEventListener('visibilitychange', say)
  return {
    takeOver() {},
    leave() {
      unwatch()
      document.removeEventListener('visibilitychange', say)
      leader.close()
    },
  }
}
