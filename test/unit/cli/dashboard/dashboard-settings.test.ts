import { expect, test } from 'vitest'
import { readDashboardSettings } from '../../../../src/cli/dashboard/dashboard-settings.ts'

const TOKEN = 'operator-token-0123456789'

test('a dashboard without settings listens on this machine only, shows everything and measures for no one', () => {
  const { options, ...settings } = readDashboardSettings({})
  expect(settings).toEqual({ host: '127.0.0.1', port: 0, metrics: 'none', tokens: {} })
  expect(options).toMatchObject({
    storage: 'file:./data',
    ops: 'file:./data/ops',
    payloads: 'full',
    readOnly: false,
    notify: [],
    allowedHosts: [],
  })
  expect(options).not.toHaveProperty('label')
  expect(options).not.toHaveProperty('link')
})

test('each variable sets what it is named after', () => {
  const environment = {
    HOST: '0.0.0.0',
    ALLOWED_HOSTS: 'ops.example.com',
    METRICS: 'prometheus',
    TIDEMARK_STORAGE: 'file:./elsewhere',
    DASHBOARD_PORT: '3002',
    DASHBOARD_TOKEN: TOKEN,
    DASHBOARD_VIEWER_TOKEN: `${TOKEN}-viewer`,
    DASHBOARD_OPS: 'file:./ops',
    DASHBOARD_NOTIFY: ' json+https://a.example  pagerduty:key ',
    DASHBOARD_PAYLOADS: 'keys',
    DASHBOARD_READ_ONLY: 'true',
    DASHBOARD_LABEL: 'PROD',
    DASHBOARD_LINK: 'https://ops.example.com/',
    DASHBOARD_THRESHOLDS: '{"lag":{"warning":120000}}',
  }
  const { options, ...settings } = readDashboardSettings(environment)
  const tokens = { operator: TOKEN, viewer: `${TOKEN}-viewer` }
  expect(settings).toEqual({ host: '0.0.0.0', port: 3002, metrics: 'prometheus', tokens })
  expect(options).toMatchObject({
    host: '0.0.0.0',
    allowedHosts: ['ops.example.com'],
    storage: 'file:./elsewhere',
    ops: 'file:./ops',
    notify: ['json+https://a.example', 'pagerduty:key'],
    payloads: 'keys',
    readOnly: true,
    label: 'PROD',
    link: 'https://ops.example.com/',
    thresholds: { lag: { warning: 120_000 } },
  })
})

test.each([
  ['ALLOWED_HOSTS', 'https://ops.example.com/'],
  ['METRICS', 'statsd'],
  ['DASHBOARD_THRESHOLDS', 'lag=60'],
  ['DASHBOARD_THRESHOLDS', '{"lag":{"warning":-1}}'],
  ['DASHBOARD_THRESHOLDS', '{"lagg":{}}'],
  ['DASHBOARD_THRESHOLDS', 'null'],
  ['DASHBOARD_PORT', '65536'],
  ['DASHBOARD_PORT', 'any'],
  ['DASHBOARD_PAYLOADS', 'some'],
  ['DASHBOARD_READ_ONLY', 'yes'],
  ['DASHBOARD_LABEL', 'x'.repeat(41)],
  ['DASHBOARD_LINK', 'ops.example.com'],
  ['TIDEMARK_STORAGE', 'file:'],
])('%s is refused by its name if it is %j', (name, value) => {
  expect(() => readDashboardSettings({ [name]: value })).toThrow(
    expect.objectContaining({ code: 'InvalidConfiguration', message: expect.stringMatching(new RegExp(`^${name}: `)) }),
  )
})

test('an address that other machines can reach needs a token, of an operator or a viewer', () => {
  expect(() => readDashboardSettings({ HOST: '0.0.0.0' })).toThrow(/^DASHBOARD_TOKEN: is needed on 0\.0\.0\.0/)
  for (const name of ['DASHBOARD_TOKEN', 'DASHBOARD_VIEWER_TOKEN'])
    expect(readDashboardSettings({ HOST: '0.0.0.0', [name]: TOKEN }).host).toBe('0.0.0.0')
})
