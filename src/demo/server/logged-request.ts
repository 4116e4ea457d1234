import type { FastifyRequest } from 'fastify'

/** Parameters of queries that are not personal; what any other one says is not for the log. */
const HARMLESS: ReadonlySet<string> = new Set(['asOf', 'year', 'limit', 'after'])

/** A URL for the log: people are searched by their e-mail address or postal code, which must not be found in it. */
function loggedUrl(url: string): string {
  const [path = '', query] = url.split(/\?(.*)/s, 2)
  if (query === undefined) return path
  const parameters = query.split('&').map((parameter) => {
    const [name = ''] = parameter.split('=', 1)
    return HARMLESS.has(name) ? parameter : `${/^[A-Za-z]{1,20}$/.test(name) ? name : '…'}=(redacted)`
  })
  return `${path}?${parameters.join('&')}`
}

/** A request as the log has it. */
export const loggedRequest = ({ method, url, host, ip }: FastifyRequest) => ({ method, url: loggedUrl(url), host, ip })
