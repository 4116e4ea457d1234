import { expect, it } from 'vitest'
import { parseDestination, parseDestinations } from '../../../../src/operations/notify/destination.ts'

it('reads addresses of all kinds', () => {
  expect(parseDestination('alertmanager+http://alerts:9093/prefix/')).toMatchObject({
    kind: 'alertmanager',
    url: 'http://alerts:9093/prefix/api/v2/alerts',
    label: 'alertmanager at alerts:9093',
  })
  expect(parseDestination('pagerduty:0123456789abcdef0123456789abcdef')).toMatchObject({
    kind: 'pagerduty',
    url: 'https://events.pagerduty.com/v2/enqueue',
    key: '0123456789abcdef0123456789abcdef',
  })
  expect(parseDestination('json+https://hooks.example.com/a?b=c').url).toBe('https://hooks.example.com/a?b=c')
})

it('gives the same reaction to the same destination, and another one to another', () => {
  const nameOf = (text: string) => parseDestination(text).name
  expect(nameOf('json+http://a/x')).toBe(nameOf('json+http://a/x'))
  expect(nameOf('json+http://a/x')).not.toBe(nameOf('json+http://a/y'))
})

it.each([
  'https://hooks.example.com/s3cret',
  'json+ftp://s3cret',
  'pagerduty:s3cret',
  'slack+https://s3cret',
  'json+https://',
  'json+http://a/s3cret json+http://a/s3cret',
])('refuses %s without quoting it', (text) => {
  expect(() => parseDestinations(text, 'DASHBOARD_NOTIFY')).toThrow(
    expect.objectContaining({ code: 'InvalidConfiguration', message: expect.not.stringContaining('s3cret') }),
  )
})
