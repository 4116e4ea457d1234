import { expect, it } from 'vitest'
import { InvalidConfiguration } from '../../../src/core/errors/index.ts'
import { introduction } from '../../../src/demo/banner.ts'
import { readDemoConfig } from '../../../src/demo/config.ts'
import { readWorkerConfig } from '../../../src/worker/config.ts'

it('has a default for everything', () => {
  expect(readDemoConfig({})).toEqual({
    host: '127.0.0.1',
    allowedHosts: [],
    port: 3000,
    logLevel: 'info',
    metrics: 'none',
    storage: 'file:./data',
    viewTimeout: 5000,
    opening: {},
  })
  expect(readWorkerConfig({ PORT: '1', WORKER_PORT: '' })).toEqual({
    host: '127.0.0.1',
    allowedHosts: [],
    port: 0,
    logLevel: 'info',
    metrics: 'none',
    storage: 'file:./data',
    leaseDuration: 15_000,
    stalledAfter: 60_000,
    waitingAfter: 60_000,
    opening: {},
  })
})

it('takes what the environment says', () => {
  const environment = {
    HOST: '::1',
    PORT: '0',
    WORKER_PORT: '65535',
    LOG_LEVEL: 'warn',
    METRICS: 'prometheus',
    TIDEMARK_STORAGE: 'file:/x',
  }
  expect(readDemoConfig({ ...environment, VIEW_TIMEOUT: '100' })).toEqual({
    host: '::1',
    allowedHosts: [],
    port: 0,
    logLevel: 'warn',
    metrics: 'prometheus',
    storage: 'file:/x',
    viewTimeout: 100,
    opening: {},
  })
  expect(readWorkerConfig(environment)).toMatchObject({ host: '::1', port: 65_535 })
})

it('takes intervals that fit each other', () => {
  const environment = { LEASE_DURATION: '60000', POLL_INTERVAL: '5000' }
  expect(readWorkerConfig(environment)).toMatchObject({ leaseDuration: 60_000, pollInterval: 5_000 })
  for (const POLL_INTERVAL of ['0', '1s', '30001']) {
    const read = () => readWorkerConfig({ ...environment, POLL_INTERVAL })
    expect(read).toThrow(expect.objectContaining({ code: 'InvalidConfiguration', setting: 'POLL_INTERVAL' }))
  }
})

it('takes names by which a server is called, in any spelling', () => {
  const ALLOWED_HOSTS = ' Meters.Example , 10.0.0.7,fd00::1,[FD00::2],,my_host'
  const allowedHosts = ['meters.example', '10.0.0.7', '[fd00::1]', '[fd00::2]', 'my_host']
  expect(readDemoConfig({ ALLOWED_HOSTS })).toMatchObject({ allowedHosts })
  expect(readWorkerConfig({ ALLOWED_HOSTS })).toMatchObject({ allowedHosts })
})

it.each(['http://meters.example', 'meters.example:80', '*', '*.example', 'a b', 'a,b/c', '[::1]:80', 'é.example'])(
  'does not take %j for a name, and says which variable holds it',
  (ALLOWED_HOSTS) => {
    for (const read of [readDemoConfig, readWorkerConfig]) {
      expect(() => read({ ALLOWED_HOSTS })).toThrow(
        expect.objectContaining({
          code: 'InvalidConfiguration',
          setting: 'ALLOWED_HOSTS',
          message: expect.stringMatching(/without scheme and port/),
        }),
      )
    }
  },
)

it.each([
  ['PORT', 'http'],
  ['PORT', '65536'],
  ['PORT', '-1'],
  ['LOG_LEVEL', 'loud'],
  ['VIEW_TIMEOUT', '5s'],
  ['VIEW_TIMEOUT', '3600000'],
])('names the variable that cannot be used: %s=%s', (name, value) => {
  const read = () => readDemoConfig({ [name]: value })
  expect(read).toThrow(InvalidConfiguration)
  expect(read).toThrow(expect.objectContaining({ setting: name, message: expect.stringContaining(value) }))
  if (name === 'PORT') {
    expect(() => readWorkerConfig({ WORKER_PORT: value })).toThrow(expect.objectContaining({ setting: 'WORKER_PORT' }))
  }
})

it('introduces the demo without the password of its storage', () => {
  const addresses = {
    api: 'http://127.0.0.1:3000',
    workers: ['http://127.0.0.1:4000', 'http://127.0.0.1:4001'],
    dashboard: 'http://127.0.0.1:5000/#token',
    keyFile: './data.key',
    chain: { keyFile: './data.chain-key', movedHeads: undefined },
    storage: 'mongodb://me:secret@db/x?tls=true&proxyPassword=secret&authMechanismProperties=AWS_SESSION_TOKEN:secret',
  }
  const text = introduction(addresses, Date.UTC(2026, 10, 20), '87000001')
  expect(text).not.toContain('secret')
  expect(text).toContain('mongodb://…@db/x?tls=true&proxyPassword=…&')
  expect(text.match(/^ {2}worker {3}http\S+\/status$/gm)).toHaveLength(2)
  expect(text).toMatch(/^ {2}dashboard {2}http:\/\/127\.0\.0\.1:5000\/#token$/m)
  expect(introduction({ ...addresses, dashboard: undefined }, 0, 'm')).not.toContain('dashboard')
  expect(text).toContain('/views/daily-totals/87000001/2026-W47')
  expect(text.match(/^ {2}curl /gm)).toHaveLength(3)
  expect(text).toMatch(/^ {2}key {6}\.\/data\.key {2}\(.+the data can never be read again\)$/m)
  expect(text).toMatch(/^ {2}chain {4}\.\/data\.chain-key {2}\(.+chain verify/m)
  expect(introduction({ ...addresses, chain: undefined }, 0, 'm')).not.toMatch(/^ {2}chain/m)
  expect(introduction({ ...addresses, keyFile: undefined }, 0, 'm')).not.toMatch(/^ {2}key/m)
})
