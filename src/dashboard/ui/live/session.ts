import { computed, signal } from '@preact/signals'
import type { Session } from '../../contract/session.ts'

/** Whether a person is signed in; `ended` while the page is still there, and only the session is over. */
export type SignedIn = 'asking' | 'no' | 'yes' | 'ended'

export const session = signal<Session | null>(null)
export const signedIn = signal<SignedIn>('asking')

/** Why nothing can be changed, as a sentence; null for an operator of a dashboard that allows changes. */
export const whyReadOnly = computed(() => {
  if (session.value === null) return 'You are not signed in.'
  if (session.value.readOnly) return 'This dashboard is read-only: nothing can be changed from here.'
  return session.value.role === 'viewer' ? 'You are signed in as a viewer: only an operator can change anything.' : null
})

export function beginSession(next: Session): void {
  session.value = next
  signedIn.value = 'yes'
}

/** The server knows the session no more. What is on the screen stays. */
export function endSession(): void {
  signedIn.value = session.value === null ? 'no' : 'ended'
}
