const SECRET_PARAMETER = /([?&][^=&]*(?:password|properties)=)[^&]*/gi

/** A storage's URL without what is secret in it: what stands before its `@`, and parameters that are as secret. */
export const withoutSecrets = (url: string): string => url.replace(/\/\/.*@/s, '//…@').replace(SECRET_PARAMETER, '$1…')

const holdsSecret = (url: string): boolean =>
  !/^file:/i.test(url) && (/\/\/[^@?]*:[^?]*@/.test(url) || url.search(SECRET_PARAMETER) >= 0)

/**
 * What to warn of when a URL was given as an argument of a command: every user of the machine can read arguments in the
 * list of processes, and shells keep them.
 *
 * @param option what the URL was given as
 * @param variable the environment variable that takes it, too
 * @returns undefined where nothing in the URL is secret, or none was given
 */
export function secretInArgument(option: string, url: string | undefined, variable: string): string | undefined {
  if (url === undefined || !holdsSecret(url)) return undefined
  return `Warning: ${option} holds a secret that other users can see in the list of processes; set ${variable} instead`
}
