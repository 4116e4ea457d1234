import { describe, expect, it } from 'vitest'
import { accessCheck } from '../../../../src/process/http/access.ts'

const codeOf = (headers: Record<string, string | undefined>, host = '127.0.0.1', allowedHosts: string[] = []) =>
  accessCheck({ host, allowedHosts })(headers)?.code

describe('Host', () => {
  it.each(['localhost', 'LOCALHOST:3000', '127.0.0.1', '127.0.0.1:3000', '127.8.8.8:1', '[::1]', '[::1]:3000'])(
    '%s is this machine',
    (host) => {
      expect(codeOf({ host })).toBeUndefined()
    },
  )

  it.each([
    undefined,
    '',
    'evil.example',
    'evil.example:3000',
    '127.0.0.1.evil.example',
    '127.evil.example',
    'localhost.evil.example',
    'xlocalhost',
    'localhost.',
    'localhost@evil.example',
    'evil.example#localhost',
    'localhost:80:80',
    'localhost/',
    ' localhost',
    'localhost\u0000',
    '[::1',
    '[::1]x',
    '[::2]',
    '0.0.0.0',
    '10.0.0.7',
    'ⅼocalhost',
    '%6cocalhost',
    'localhost, evil.example',
  ])('%j is not', (host) => {
    expect(codeOf({ host })).toBe('HostNotAllowed')
  })

  it('is the address that the server listens on, however it is written', () => {
    expect(codeOf({ host: '10.0.0.7:3000' }, '10.0.0.7')).toBeUndefined()
    expect(codeOf({ host: '10.0.0.8:3000' }, '10.0.0.7')).toBe('HostNotAllowed')
    expect(codeOf({ host: '[fd00::7]:3000' }, 'FD00:0::7')).toBeUndefined()
    expect(codeOf({ host: 'meters.example' }, 'Meters.example')).toBeUndefined()
  })

  it('is any address, but no name, of a server that listens on all', () => {
    for (const all of ['0.0.0.0', '::']) {
      expect(codeOf({ host: '10.0.0.7:3000' }, all)).toBeUndefined()
      expect(codeOf({ host: '[fd00::7]' }, all)).toBeUndefined()
      expect(codeOf({ host: 'localhost' }, all)).toBeUndefined()
      expect(codeOf({ host: 'evil.example' }, all)).toBe('HostNotAllowed')
    }
  })

  it('is a name that is configured, at any port', () => {
    expect(codeOf({ host: 'Meters.Example:8443' }, '127.0.0.1', ['meters.example'])).toBeUndefined()
    expect(codeOf({ host: 'x.meters.example' }, '127.0.0.1', ['meters.example'])).toBe('HostNotAllowed')
  })
})

describe('the page that a request comes from', () => {
  const host = '127.0.0.1:3000'

  it.each([
    {},
    { origin: 'http://127.0.0.1:3000' },
    { origin: 'https://127.0.0.1:3000' },
    { 'sec-fetch-site': 'same-origin' },
    { 'sec-fetch-site': 'same-site' },
    { 'sec-fetch-site': 'none' },
  ])('%j may ask', (headers) => {
    expect(codeOf({ host, ...headers })).toBeUndefined()
  })

  it.each([
    { origin: 'http://evil.example' },
    { origin: 'null' },
    { origin: '' },
    { origin: 'http://127.0.0.1:3001' },
    { origin: 'http://localhost:3000' },
    { origin: 'http://127.0.0.1' },
    { origin: 'ftp://127.0.0.1:3000' },
    { origin: 'chrome-extension://127.0.0.1:3000' },
    { origin: 'http://127.0.0.1:3000, http://evil.example' },
    { 'sec-fetch-site': 'cross-site' },
    { origin: 'http://127.0.0.1:3000', 'sec-fetch-site': 'cross-site' },
  ])('%j may not', (headers) => {
    expect(codeOf({ host, ...headers })).toBe('CrossOriginRequest')
  })

  it('may ask on the standard port, which neither header names', () => {
    expect(codeOf({ host: 'localhost', origin: 'http://localhost' })).toBeUndefined()
    expect(codeOf({ host: 'localhost:80', origin: 'http://localhost' })).toBeUndefined()
  })

  it('may ask from a configured name behind a proxy that sends another Host', () => {
    const origin = 'https://meters.example'
    expect(codeOf({ host, origin }, '127.0.0.1', ['meters.example'])).toBeUndefined()
    expect(codeOf({ host, origin })).toBe('CrossOriginRequest')
  })
})

it('says what to do, and repeats no endless header', () => {
  const { detail } = accessCheck({ host: '127.0.0.1', allowedHosts: [] })({ host: 'x'.repeat(10_000) }) ?? {}
  expect(detail).toContain('ALLOWED_HOSTS')
  expect(detail?.length).toBeLessThan(300)
})
