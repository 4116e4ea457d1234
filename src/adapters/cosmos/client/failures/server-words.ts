import type { Failure } from './failure.ts'

// Long enough for the address that a firewall names.
const MOST = 300

// Longer than any word of a sentence; keys and signatures of Azure have 43 characters and more.
const SECRET = /[A-Za-z0-9+/_=%-]{40,}/g

/**
 * The server's explanation of a refusal: its first sentence and the activity id that Azure support asks for, to be
 * appended to an error's own message. Anything that might be a key or a signature is left out.
 */
export function serverWords({ cause, headers }: Failure): string {
  const { message, body } = (cause ?? {}) as { message?: unknown; body?: { message?: unknown } }
  const said = typeof body?.message === 'string' ? body.message : message
  const sentence = typeof said === 'string' ? firstPart(said) : ''
  const activity = headers['x-ms-activity-id']
  return (
    (sentence === '' ? '' : `: ${sentence}`) +
    (typeof activity === 'string' && /^[\w-]{1,64}$/.test(activity) ? ` (activity ${activity})` : '')
  )
}

function firstPart(text: string): string {
  const line = (/^[^\r\n]*/.exec(text.trim()) ?? [''])[0]
  const clean = line.replace(SECRET, '…').trim()
  return clean.length > MOST ? `${clean.slice(0, MOST)}…` : clean
}
