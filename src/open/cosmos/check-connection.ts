import { once } from 'node:events'
import { connect } from 'node:tls'
import { InvalidConfiguration } from '../../core/errors/input.ts'

/** Milliseconds; a slower connection is left to the requests, which have their own deadline. */
const PATIENCE = 5_000

/**
 * Connects to an account once, to detect at once the mistakes that retrying cannot fix: a mistyped name, and an
 * untrusted certificate. Other failures may be temporary.
 *
 * @throws InvalidConfiguration
 */
export async function greet(endpoint: string, setting: string): Promise<void> {
  const { hostname, port } = new URL(endpoint)
  const host = hostname.replace(/^\[(.*)\]$/, '$1')
  const isName = /[a-z]/i.test(host) && !host.includes(':')
  const socket = connect({ host, port: Number(port || 443), ...(isName && { servername: host }) })
  try {
    await once(socket, 'secureConnect', { signal: AbortSignal.timeout(PATIENCE) })
  } catch (cause) {
    const { code = '' } = cause as NodeJS.ErrnoException
    if (code === 'ENOTFOUND') throw new InvalidConfiguration(setting, `no host is called ${host}`, { cause })
    if (/CERT|VERIFY/.test(code)) {
      const how = 'set NODE_EXTRA_CA_CERTS to a file with it, or with its issuer'
      throw new InvalidConfiguration(setting, `the certificate of ${host} is not trusted (${code}): ${how}`, { cause })
    }
  } finally {
    socket.destroy()
  }
}
