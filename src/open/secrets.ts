const SECRET_PARAMETER = /([?&][^=&]*(?:password|properties)=)[^&]*/gi

/** A storage's URL without its secrets: what is before its `@`, and secret parameters. */
export const withoutSecrets = (url: string): string => url.replace(/\/\/.*@/s, '//…@').replace(SECRET_PARAMETER, '$1…')

// The key of PagerDuty, and the address of a webhook, let everybody send.
const NOTICES = /(?:^|\s)(?:pagerduty[:+]|json\+)/i

const holdsSecret = (url: string): boolean =>
  !/^file:/i.test(url) && (/\/\/[^@?]*:[^?]*@/.test(url) || url.search(SECRET_PARAMETER) >= 0 || NOTICES.test(url))

/**
 * The warning for a URL, or destinations of notices, that were given as an argument of a command: every user of the machine can read arguments in the
 * list of processes, and shells store them.
 *
 * @param option the option that the URL was given as
 * @param variable the environment variable that can be used instead
 * @returns undefined if the URL contains no secret, or none was given
 */
export function secretInArgument(option: string, url: string | undefined, variable: string): string | undefined {
  if (url === undefined || !holdsSecret(url)) return undefined
  return `Warning: ${option} contains a secret that other users can see in the list of processes; set ${variable} instead`
}
