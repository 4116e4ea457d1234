import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { expect, it } from 'vitest'
import { freePort } from '../../../bench/support/free-port.ts'
import { greet } from '../../../src/open/cosmos/check-connection.ts'
import { tlsFront } from '../../support/tls/front.ts'

it('refuses a certificate that nobody knows, and says what to do', async () => {
  await using front = await tlsFront('http://127.0.0.1:1/')
  await expect(greet(`https://127.0.0.1:${front.port}/`, '--storage')).rejects.toMatchObject({
    code: 'InvalidConfiguration',
    setting: '--storage',
    message: expect.stringMatching(/127\.0\.0\.1 is not trusted \(DEPTH_ZERO_SELF_SIGNED_CERT\).+NODE_EXTRA_CA_CERTS/),
  })
})

it('refuses a name that nobody has', async () => {
  // No resolver asks for a name that is longer than names may be, so that this needs no network.
  await expect(greet(`https://${'x'.repeat(64)}.example/`, 'url')).rejects.toThrow(
    /^url: no host is called x+\.example$/,
  )
})

it('leaves to the requests what may pass', async () => {
  await greet(`https://127.0.0.1:${await freePort()}/`, 'url')
  const plain = createServer().listen(0, '127.0.0.1')
  await once(plain, 'listening')
  await greet(`https://127.0.0.1:${(plain.address() as AddressInfo).port}/`, 'url')
  plain.close()
})
